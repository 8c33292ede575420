"""Schemathesis over the description: whatever is sent by whomever, no fault of ours and no answer off the schema.

Bounded by default (`make soak-api` sends more): `MAINSPRING_FUZZ` is the number of cases an operation and caller.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api_world import Caller, caller
from mainspring.config.api import document
from mainspring.core.limits import Limit, Standing
from scene import Scene, build_scene
from world import World

pytestmark = pytest.mark.matrix

CASES = int(os.environ.get("MAINSPRING_FUZZ", "1"))
TOLD = ("method", "url", "headers", "params", "json", "data", "files", "cookies")
CALLERS = ("ada", "tess", "bill", "carol")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture
def scene(world: World) -> Scene:
    return build_scene(world)


def names(scene: Scene) -> dict[str, Any]:
    """Things that are there, so that not every address is of nothing."""
    return {"number": scene.own.ticket.number, "code": scene.own.invoice.code}


@pytest.mark.django_db
@pytest.mark.parametrize("who", CALLERS)
def test_nothing_that_is_sent_breaks_it(who: str, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limit, "take", lambda self, _key: Standing(self.most, self.most, 1))
    program = caller(getattr(scene.world, who))
    described = schemathesis.openapi.from_dict(document())
    known, failures = names(scene), []

    for found in described.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if who == "carol" and "/my/" not in operation.path and operation.path != "/search":
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            tried = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=CASES,
                database=None,
                deadline=None,
                derandomize=CASES == 1,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=tried)
            def send(case: Any) -> None:
                for name, value in known.items():
                    if name in (case.path_parameters or {}):
                        case.path_parameters[name] = value
                with transaction.atomic():
                    case.validate_response(answered(program, case), checks=CHECKS)
                    transaction.set_rollback(True)

            try:
                send()
            except* Failure as broken:
                said = "; ".join(str(one).strip() for one in _each(broken))
                failures.append(f"{operation.method.upper()} {operation.path}: {said}")
    assert failures == [], "\n\n".join(failures)


def answered(program: Caller, case: Any) -> Response:
    """The answer, asked for in this process and this transaction."""
    signed = {"Authorization": f"Bearer {program.bearer}"}
    told = case.as_transport_kwargs(base_url="http://localhost/api/v1", headers=signed)
    asked = requests.Request(**{name: value for name, value in told.items() if name in TOLD}).prepare()
    headers = {name: str(value) for name, value in asked.headers.items() if name.lower() != "content-length"}
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    kind = headers.pop("Content-Type", "")
    got: Any = program.client.generic(str(asked.method), asked.path_url, body, content_type=kind, headers=headers)
    return Response(
        status_code=got.status_code,
        headers={name: [value] for name, value in got.headers.items()},
        content=b"".join(got.streaming_content) if got.streaming else got.content,
        request=asked,
        elapsed=0.0,
        verify=False,
        message=got.reason_phrase,
    )


def _each(broken: BaseExceptionGroup[Any]) -> Iterator[BaseException]:
    for one in broken.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _each(one)
        else:
            yield one

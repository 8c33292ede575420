"""The vault by the API: listed by name, looked at only where the shop asks for no proof, and never without a trace."""

from typing import Any

import pytest
from django.db import DatabaseError

from api_world import Caller, caller, problem, statements
from mainspring.api.models import Answered
from mainspring.events.models import Event
from mainspring.tickets.models import Ticket
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, VaultRules
from world import World

pytestmark = pytest.mark.django_db
WHOLE = Contents(user="admin", secret="canary-secret", url="https://router.local", notes="canary-notes")


@pytest.fixture
def tess(world: World) -> Caller:
    return caller(world.tess)


@pytest.fixture
def router(world: World) -> Credential:
    return Credential.objects.keep(world.carol, WHOLE, kind="router", name="Router", by=world.tess)


def trusting(world: World, **more: Any) -> None:
    VaultRules.get().amend(by=world.max, asks_proof=False, **more)


def looks() -> list[Event]:
    return list(Event.objects.filter(kind="credential.shown"))


def test_a_list_says_what_there_is_and_nothing_secret(world: World, tess: Caller, router: Credential) -> None:
    ticket = Ticket.objects.open("No network", by=world.fay, contact=world.carol)
    for query in (f"contact={world.carol.pk}", f"ticket={ticket.number}"):
        answer = tess.get(f"/credentials?{query}")
        (told,) = answer.json()["items"]
        assert (told["id"], told["name"], told["user"], told["holds"]) == (
            router.pk,
            "Router",
            "admin",
            ["secret", "notes"],
        )
        assert told["home"] == {"kind": "contact", "id": world.carol.pk, "name": world.carol.name}
        assert b"canary" not in answer.content
    assert b"canary" not in tess.get(f"/credentials/{router.pk}").content
    assert tess.get(f"/credentials?business={world.acme.pk}").json()["items"] == []
    for wrong in ("", f"contact={world.carol.pk}&business={world.acme.pk}", "ticket=999999", "device=999999"):
        problem(tess.get(f"/credentials?{wrong}"), 422)
    assert looks() == []


def test_a_limited_one_is_not_there_for_who_has_no_seat(world: World, tess: Caller, router: Credential) -> None:
    router.limit([], [world.max], by=world.max)
    trusting(world)
    assert tess.get(f"/credentials?contact={world.carol.pk}").json()["items"] == []
    for path in (f"/credentials/{router.pk}", "/credentials/999999"):
        assert problem(tess.get(path), 404) == problem(tess.get("/credentials/999999"), 404)
        problem(tess.post(f"{path}/reveal", {"reason": "to see"}), 404)


def test_a_token_is_no_proof_of_who_looks(world: World, tess: Caller, router: Credential) -> None:
    for rules in ({}, {"asks_factor": True}):
        VaultRules.get().amend(by=world.max, **rules)
        told = problem(tess.post(f"/credentials/{router.pk}/reveal", {"reason": "He asked"}), 403)
        assert told["type"].endswith("fresh-proof-needed") and "canary" not in str(told)
    assert looks() == []


def test_where_no_proof_is_asked_a_look_is_written_down_and_kept_nowhere(
    world: World, tess: Caller, router: Credential
) -> None:
    trusting(world)
    ticket = Ticket.objects.open("No network", by=world.fay, contact=world.carol)
    path, body = f"/credentials/{router.pk}/reveal", {"reason": "He asked", "ticket": ticket.number}
    assert problem(tess.post(path, {}), 422)["errors"][0]["field"] == "reason"
    assert problem(tess.post(path, {**body, "part": "totp"}), 422)["errors"][0]["field"] == "part"
    answer = tess.post(path, body, Idempotency_Key="mine")
    assert answer.json() == {"part": "secret", "secret": "canary-secret"}
    assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers
    (look,) = looks()
    assert (look.actor, look.stream, look.data["reason"]) == (
        world.tess.actor_key,
        f"ticket:{ticket.pk}",
        "He asked",
    )
    assert not Answered.objects.exists(), "an answer in clear would be a copy of the secret"
    problem(caller(world.fay).post(path, body), 403)
    problem(caller(world.tess, "vault:read").post(path, body), 403)


def test_what_cant_be_written_down_is_not_shown(
    world: World, tess: Caller, router: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting(world)

    def fails(*_args: Any, **_named: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(Credential, "record", fails)
    answer = tess.post(f"/credentials/{router.pk}/reveal", {"reason": "He asked"})
    assert "canary" not in str(problem(answer, 503))


def test_a_list_takes_as_many_statements_for_one_row_as_for_many(
    world: World, tess: Caller, router: Credential
) -> None:
    path = f"/credentials?contact={world.carol.pk}"
    few = statements(tess, path)
    for n in range(5):
        Credential.objects.keep(world.carol, WHOLE, kind="router", name=f"Router {n}", by=world.tess)
    assert statements(tess, path) == few <= 8

"""Conditional requests (RFC 9110, 13): nothing is sent twice, nothing overwritten unseen."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from pydantic import BaseModel

from mainspring.api.problems import Problem


def written(shape: BaseModel) -> bytes:
    """The JSON of a thing, the same bytes wherever it is answered."""
    return shape.model_dump_json(by_alias=True).encode()


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",") if tag.strip()]


def unless_known(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer with its ETag; 304 without a body for a caller who has it already."""
    if answer.status_code != 200 or answer.streaming:
        return answer
    answer.headers.setdefault("ETag", etag(answer.content))
    patch_vary_headers(answer, ["Authorization", "Accept-Language"])
    known = tags(request.headers.get("If-None-Match", ""))
    if answer.headers["ETag"] in known or "*" in known:
        unchanged = HttpResponse(status=304)
        unchanged.headers["ETag"] = answer.headers["ETag"]
        return unchanged
    return answer


def must_match(request: HttpRequest, shape: BaseModel) -> None:
    """With If-Match: only if the thing still is as the caller read it, else 412. Ask with its row locked."""
    wanted = tags(request.headers.get("If-Match", ""))
    if wanted and "*" not in wanted and etag(written(shape)) not in wanted:
        raise Problem(412, _("It was changed since you read it."))

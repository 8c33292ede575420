"""What went wrong, in the shape of RFC 9457: what happened, which field, and how to mend it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from mainspring.api.shapes import Shape

TYPE = "urn:mainspring:problem:"
CONTENT_TYPE = "application/problem+json"


class FieldProblem(Shape):
    """What is wrong with one field of what was sent."""

    field: str = Field(examples=["subject"])
    detail: str = Field(examples=["Field required"])


class ProblemShape(Shape):
    """A problem as RFC 9457 writes it, with the mend."""

    type: str = Field(examples=["urn:mainspring:problem:unprocessable-entity"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["A field is missing or wrong."])
    mend: str = Field(examples=["Look at `errors`: each names its field."])
    errors: list[FieldProblem] = []


MENDS: dict[int, Any] = {
    400: gettext_lazy("Look at the body and the address of the request."),
    401: gettext_lazy("Send “Authorization: Bearer” with a token that is neither expired nor revoked."),
    403: gettext_lazy("Ask the owner of the shop for the permission, or make a token with the scope."),
    404: gettext_lazy("The number is wrong, the thing was removed, or this token may not see it."),
    405: gettext_lazy("Use one of the methods that the Allow header names."),
    409: gettext_lazy("Read the thing again: it is in another state than you thought."),
    412: gettext_lazy("Somebody changed it meanwhile: read it again and send its new ETag."),
    413: gettext_lazy("Send less at once."),
    415: gettext_lazy("Send JSON, with “Content-Type: application/json”; files as multipart/form-data."),
    422: gettext_lazy("Look at `errors`: each names its field."),
    428: gettext_lazy("Send the ETag that you read in If-Match."),
    429: gettext_lazy("Wait for as many seconds as Retry-After says."),
    500: gettext_lazy("Nothing was changed, and it was written down for repair. Try again later."),
    503: gettext_lazy("Nothing was changed. Try again in a moment."),
}


@dataclass
class Problem(Exception):
    """Raised where something is refused; answered as problem+json. A `name` tells apart what shares a status."""

    status: int
    detail: str = ""
    name: str = ""
    mend: str = ""
    errors: Sequence[FieldProblem] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self) -> HttpResponse:
        title = HTTPStatus(self.status).phrase
        content = {
            "type": TYPE + (self.name or title.lower().replace(" ", "-")),
            "title": title,
            "status": self.status,
            "detail": str(self.detail or title),
            "mend": str(self.mend or MENDS.get(self.status, MENDS[400])),
            "errors": [error.model_dump() for error in self.errors],
        }
        response = HttpResponse(json.dumps(content, ensure_ascii=False), status=self.status, content_type=CONTENT_TYPE)
        for header, value in self.headers:
            response.headers[header] = value
        return response


def wrong(field: str, detail: str) -> Problem:
    """One field is wrong."""
    return Problem(422, detail, errors=[FieldProblem(field=field, detail=detail)])


REFUSALS: dict[type[Exception], int] = {}


def answers(status: int, *refusals: type[Exception]) -> None:
    """Say with which status an exception of a module is answered; its text is the detail."""
    for refusal in refusals:
        REFUSALS[refusal] = status


def problem_of(error: Exception) -> Problem | None:
    """The problem for a refusal that a module has declared; None for what nobody expected."""
    for kind in type(error).__mro__:
        if kind in REFUSALS:
            return Problem(REFUSALS[kind], str(error))
    return None


def of_fields(errors: Sequence[dict[str, Any]]) -> Problem:
    """The problem of a body or query that does not fit, from pydantic's errors."""
    told = [FieldProblem(field=_path(error["loc"]), detail=_said(error)) for error in errors]
    return Problem(422, _("A field is missing or wrong."), errors=told)


def _path(loc: Sequence[Any]) -> str:
    """`("body", "given", "lines", 0, "amount")` is `lines.0.amount`."""
    parts = [str(part) for part in loc if part not in ("body", "query", "path", "form", "file", "header", "given")]
    return ".".join(parts)


def _said(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")

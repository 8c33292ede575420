"""The API as a whole: every module's door under one address, errors in one shape, its description."""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent, ValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as Misfit
from pydantic.alias_generators import to_camel

from mainspring.api.doors import Door
from mainspring.api.problems import FieldProblem, Problem, of_fields, problem_of

log = logging.getLogger(__name__)

VERSION = "1"
NAMESPACE = "api"


class Surface:
    """Version 1 of the API: its doors, its routes and its description."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self.doors = list(doors)
        self.api = NinjaAPI(
            title="Mainspring",
            version=VERSION,
            urls_namespace=NAMESPACE,
            openapi_url=None,
            docs_url=None,
        )
        for door in self.doors:
            self.api.add_router("", door.router)
        self.api.add_exception_handler(Exception, _answered)
        for kind in (Http404, HttpError, Misfit):
            self.api.add_exception_handler(kind, _answered)

    def routes(self) -> list[URLPattern]:
        """The operations, and an answer in our shape for whatever is none."""
        routes: Any = self.api.urls[0]
        operations: list[URLPattern] = [pattern for pattern in routes if pattern.name != "api-root"]
        for pattern in operations:
            pattern.callback = _in_one_shape(pattern.callback)
        return [*operations, re_path(r"^.*$", _in_one_shape(_nothing_here), name="api_nothing_here")]


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """For every address under the API that is none."""
    raise Problem(404)


def _in_one_shape(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    """Whatever goes wrong around an operation reads like what goes wrong within. HEAD is GET without its body."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        try:
            answer = view(request, *args, **kwargs)
        except Exception as error:
            answer = _answered(request, error)
        if isinstance(answer, HttpResponseNotAllowed):
            allowed = answer.headers["Allow"]
            answer = Problem(405, headers=(("Allow", allowed),)).answer()
        if is_head:
            request.method = "HEAD"
        return answer

    return csrf_exempt(shaped)


def _answered(request: HttpRequest, error: Any) -> HttpResponse:
    return _problem(error).answer()


def _problem(error: Exception) -> Problem:
    """The problem that an exception stands for. What nobody expected is written down and said to be ours."""
    declared = problem_of(error)
    if isinstance(error, Problem):
        return error
    elif declared is not None:
        return declared
    elif isinstance(error, Http404):
        return Problem(404)
    elif isinstance(error, PermissionDenied):
        return Problem(403, _("This needs the permission %(name)s.") % {"name": error}, name="missing-permission")
    elif isinstance(error, Misfit):
        return of_fields(error.errors)
    elif isinstance(error, ValidationError):
        return _of_form(error)
    elif isinstance(error, HttpError):
        return Problem(error.status_code, _("The body is not JSON that can be read."))
    elif isinstance(error, RequestDataTooBig | TooManyFilesSent):
        return Problem(413)
    elif isinstance(error, MultiPartParserError | UnreadablePostError | RawPostDataException):
        return Problem(400, _("The body can't be read."))
    elif isinstance(error, OperationalError):
        log.warning("The database did not answer in time: %s", error)
        return Problem(503, _("The database is busy."), headers=(("Retry-After", "2"),))
    elif isinstance(error, DataError):
        return Problem(422, _("A number or text is larger than can be kept."))
    elif isinstance(error, IntegrityError):
        log.warning("The database refused a row: %s", error)
        return Problem(409, _("It collides with something that is there already."))
    else:
        log.error("An operation of the API broke", exc_info=error)
        return Problem(500, _("Something broke on our side."))


def _of_form(error: ValidationError) -> Problem:
    """From Django's fields and constraints."""
    by_field = getattr(error, "error_dict", {"": [error]})
    told = [
        FieldProblem(field="" if name == "__all__" else to_camel(name), detail=text)
        for name, errors in by_field.items()
        for one in errors
        for text in one.messages
    ]
    return Problem(422, told[0].detail if told else "", errors=[one for one in told if one.field])

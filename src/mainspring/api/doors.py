"""The doors of the API: an operation says who may use it, what it takes and what it answers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from ninja import Router
from ninja.decorators import decorate_view
from pydantic import BaseModel

from mainspring.api.conditions import unless_known, written
from mainspring.api.grants import CUSTOMERS_SCOPES, SCOPES, Grant, granted
from mainspring.api.limits import STRIDE, demand, headers, over
from mainspring.api.once import once
from mainspring.api.problems import Problem
from mainspring.core.limits import Limit, Standing

log = logging.getLogger(__name__)

STRANGERS = Limit("api-stranger", 120, 60, stride=4)
"""How often one address may come with no good token."""

View = Callable[..., Any]


class Asked(HttpRequest):
    """A request that passed the door. `user` is a Person of the staff at a staff's operation."""

    user: Any
    customer: Any
    """The customer who asks, at a customer's operation: a Person whom no permission is given to."""
    grant: Grant


@dataclass(frozen=True)
class Rule:
    """Who may use an operation: staff with a permission, customers, or anybody."""

    scope: str
    may: Any = None
    """The permission; None where every caller of the right kind may."""
    is_customers: bool = False
    is_open: bool = False
    alone: bool = False
    """In no transaction, its answer kept nowhere: it asks somebody else's server, or shows a secret. No key is needed:
    repeated, it does no harm."""

    def check(self, grant: Grant) -> None:
        """Refuse with 403 what this caller, by this token, may not do."""
        if grant.is_customer != self.is_customers:
            kind = _("customers") if self.is_customers else _("the staff")
            raise Problem(403, _("This operation is for %(kind)s.") % {"kind": kind}, name="wrong-kind-of-token")
        elif not grant.reaches(self.scope):
            raise Problem(403, _("This token lacks the scope %(scope)s.") % {"scope": self.scope}, name="missing-scope")
        elif self.may is not None and not grant.caller.may(self.may):
            raise Problem(
                403, _("This needs the permission %(name)s.") % {"name": self.may.name}, name="missing-permission"
            )


@dataclass
class Door:
    """The operations of one module. Its `scope` is what tokens are made for: `tickets` gives tickets:read, :write."""

    scope: str
    tag: str
    router: Router = field(init=False)
    rules: dict[str, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.router = Router(tags=[self.tag])

    def get(self, path: str, answers: Any, **told: Any) -> Callable[[View], View]:
        return self._operation("GET", path, answers, **told)

    def post(self, path: str, answers: Any, **told: Any) -> Callable[[View], View]:
        return self._operation("POST", path, answers, **told)

    def patch(self, path: str, answers: Any, **told: Any) -> Callable[[View], View]:
        return self._operation("PATCH", path, answers, **told)

    def put(self, path: str, answers: Any, **told: Any) -> Callable[[View], View]:
        return self._operation("PUT", path, answers, **told)

    def delete(self, path: str, answers: Any = None, **told: Any) -> Callable[[View], View]:
        return self._operation("DELETE", path, answers, **told)

    def _operation(
        self,
        method: str,
        path: str,
        answers: Any,
        *,
        may: Any = None,
        customers: bool = False,
        open: bool = False,
        alone: bool = False,
        status: int = 0,
        refuses: tuple[int, ...] = (),
        tag: str = "",
        binary: str = "",
    ) -> Callable[[View], View]:
        """`may` is the permission of the staff; `customers` are let in instead of the staff, with `open` anybody.

        `refuses` are statuses besides the usual; `binary` is the type of an answer that is a file.
        """
        scope = f"{self.scope}:{'read' if method == 'GET' else 'write'}"
        rule = Rule(scope, may, customers, open, alone)
        status = status or {"POST": 201, "DELETE": 204}.get(method, 200)
        if answers is None and not binary:
            status = 204

        def declare(view: View) -> View:
            self.rules[view.__name__] = rule
            if not rule.is_open:
                SCOPES.setdefault(rule.scope, self.tag)
            if rule.is_customers:
                CUSTOMERS_SCOPES.add(rule.scope)
            shown = _answering(view, status)
            operation = self.router.api_operation(
                [method],
                path,
                response={status: answers},
                by_alias=True,
                operation_id=view.__name__,
                summary=(view.__doc__ or "").strip().partition("\n")[0].partition(". ")[0].rstrip("."),
                description=(view.__doc__ or "").strip(),
                url_name=f"api_{view.__name__}",
                tags=[tag] if tag else None,
                openapi_extra={
                    "x-rule": rule,
                    "x-refuses": refuses,
                    **({"x-binary": binary} if binary else {}),
                },
            )
            return operation(decorate_view(_guard(rule))(shown))

        return declare


def _answering(view: View, status: int) -> View:
    """The view, with its shape written out; ninja would check and copy it once more."""

    @wraps(view)
    def answering(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseBase):
            return answer
        elif answer is None:
            return HttpResponse(status=204)
        else:
            assert isinstance(answer, BaseModel), view.__name__
            return HttpResponse(written(answer), status=status, content_type="application/json")

    return answering


def _guard(rule: Rule) -> Callable[[View], View]:
    """Sign in, count, check, and only then let the operation run."""

    def wrap(run: View) -> View:
        @wraps(run)
        def guarded(request: Any, **kwargs: Any) -> HttpResponseBase:
            standing: Standing | None = None
            try:
                if rule.is_open:
                    _without_surprises(request)
                    return _finished(request, run(request, **kwargs), None)
                grant = _signed_in(request)
                standing = Limit("api", grant.per_minute, 60, stride=STRIDE).take(grant.key)
                if standing.is_over:
                    raise over(standing)
                rule.check(grant)
                _enter(request, grant)
                _without_surprises(request)
                with translation.override(_language(request, grant)), timezone.override("UTC"):
                    if request.method == "GET":
                        answer = unless_known(request, run(request, **kwargs))
                    elif rule.alone:
                        answer = run(request, **kwargs)
                    else:
                        answer = once(request, grant.holder, lambda: run(request, **kwargs))
            except Problem as problem:
                answer = problem.answer()
            return _finished(request, answer, standing)

        return guarded

    return wrap


def _signed_in(request: HttpRequest) -> Grant:
    """The grant of the bearer; a stranger's tries are counted by his address."""
    from mainspring.events.origin import client_address

    kind, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    grant = granted(bearer.strip()) if kind.lower() == "bearer" else None
    if grant is None:
        demand(STRANGERS, client_address(request))
        challenge = 'Bearer realm="Mainspring"' + (', error="invalid_token"' if bearer else "")
        raise Problem(401, _("There is no good token with this request."), headers=(("WWW-Authenticate", challenge),))
    return grant


def _enter(request: Any, grant: Grant) -> None:
    request.grant = grant
    if grant.is_customer:
        request.customer = grant.caller
    else:
        request.user = grant.caller


def _without_surprises(request: HttpRequest) -> None:
    """The body whole and of a kind we read, before a transaction begins: nobody's slow line holds a lock."""
    kind = (request.content_type or "").lower()
    if request.method == "GET":
        return
    elif kind == "multipart/form-data":
        request.FILES  # noqa: B018 (reads it)
    elif request.body and kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, _("The body is not JSON."))


def _language(request: HttpRequest, grant: Grant) -> str:
    """What the request asks for, else what its caller reads."""
    if request.headers.get("Accept-Language"):
        return translation.get_language() or "en"
    return str(getattr(grant.caller, "language", "") or translation.get_language() or "en")


def _finished(request: HttpRequest, answer: Any, standing: Standing | None) -> Any:
    if standing is not None:
        for name, value in headers(standing).items():
            answer.headers[name] = value
    answer.headers.setdefault("Cache-Control", "private, no-cache" if "ETag" in answer.headers else "no-store")
    patch_vary_headers(answer, ["Authorization"])
    return answer

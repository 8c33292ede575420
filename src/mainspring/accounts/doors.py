"""The checks in front of views: signed in, allowed, and fresh where it is delicate."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mainspring.accounts.entering import is_fresh, owes_factor
from mainspring.accounts.models import Person
from mainspring.accounts.permissions import ME
from mainspring.accounts.roles import Permission
from mainspring.core.sealing import Broken, seal, unseal
from mainspring.ui.pages import see_other

KEPT = "kept_post"

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


class CustomerRequest(HttpRequest):
    """A request of a customer who is signed in to the portal."""

    user: Person


class StaffRequest(HttpRequest):
    """A request that passed the door: its user is a Person."""

    user: Person


CustomerView = Callable[Concatenate[CustomerRequest, P], HttpResponseBase]
StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff(permission: Permission, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[StaffView[P]], View[P]]:
    """Only signed-in staff with the permission, only by these methods. `HEAD` goes with `GET`.

    Not signed in: to the sign-in page (and back). A customer: 404. Wrong role: 403. Wrong method: 405. The declared
    permission and methods stay readable on the view (`view.permission`, `view.methods`); a test reads them.
    """

    def at_home(person: Person) -> bool:
        return not person.is_customer

    def wrap(view: StaffView[P]) -> View[P]:
        return _door(view, methods, settings.LOGIN_URL, {"permission": permission}, at_home=at_home, wants=permission)

    return wrap


def customer(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[CustomerView[P]], View[P]]:
    """Only customers who are signed in to the portal, only by these methods. For the staff nothing is here: 404."""

    def at_home(person: Person) -> bool:
        return person.is_customer

    def wrap(view: CustomerView[P]) -> View[P]:
        return _door(view, methods, "portal_sign_in", {"for_customers": True}, at_home=at_home)

    return wrap


def entered(
    *, methods: tuple[str, ...] = ("GET",), while_setting_up: bool = False
) -> Callable[[StaffView[P]], View[P]]:
    """Whoever is signed in, staff or customer, for pages about himself.

    `while_setting_up`: also for who must set up a second factor and has none yet.
    """

    def wrap(view: StaffView[P]) -> View[P]:
        return _door(view, methods, settings.LOGIN_URL, {"permission": ME}, while_setting_up=while_setting_up)

    return wrap


def _door(
    view: Callable[Concatenate[R, P], HttpResponseBase],
    methods: tuple[str, ...],
    entrance: str,
    marks: dict[str, object],
    *,
    at_home: Callable[[Person], bool] | None = None,
    wants: Permission | None = None,
    while_setting_up: bool = False,
) -> View[P]:
    """The one door. It asks, in this order: signed in, at home here, second factor, permission, method.

    The `marks` and the methods stay readable on the view.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person: Any = request.user
        if not (person.is_authenticated and person.is_active):
            return redirect_to_login(_way_back(request), resolve_url(entrance))
        elif at_home is not None and not at_home(person):
            raise Http404
        elif owes_factor(request) and not while_setting_up:
            return HttpResponseRedirect(reverse("second_factor"))
        elif wants is not None and not person.may(wants):
            raise PermissionDenied(wants.name)
        elif request.method not in allowed:
            return HttpResponseNotAllowed(sorted(allowed))
        else:
            return view(cast("R", request), *args, **kwargs)

    vars(guarded).update(marks, methods=allowed)
    return guarded


def fresh(
    *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """What is delicate wants a proof of the last ten minutes: a password, a code or a passkey.

    Stands under the door: `@staff(…)`, then `@fresh()`. What was posted is kept, sealed, and goes on after the proof.
    """

    def wrap(view: Callable[Concatenate[R, P], HttpResponseBase]) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods or is_fresh(request):
                return view(request, *args, **kwargs)
            keep_post(request)
            return see_other(request, reverse("prove"))

        return guarded

    return wrap


def keep_post(request: HttpRequest, *, by_factor: bool = False) -> None:
    """What was asked for, sealed into the session, until he has shown who he is; `by_factor`: not by his password."""
    kept = {"path": request.get_full_path(), "method": request.method, "body": request.POST.urlencode()}
    kept |= {"by_factor": "yes"} if by_factor else {}
    request.session[KEPT] = seal(json.dumps(kept), context=_place(request)).hex()


def kept_way(request: HttpRequest) -> str:
    """To which page the kept request belongs; empty when there is none."""
    return str(_kept(request).get("path", ""))


def wants_factor(request: HttpRequest) -> bool:
    """Whether what waits needs a second factor."""
    return "by_factor" in _kept(request)


def go_on(request: HttpRequest) -> HttpResponseBase:
    """Do what was asked for before the proof, as it was posted then; without it, to his own page."""
    kept = _kept(request)
    request.session.pop(KEPT, None)
    if kept.get("method") != "POST":
        return HttpResponseRedirect(kept.get("path") or reverse("security"), status=303)
    path, _, query = kept["path"].partition("?")
    request.method, request.path, request.path_info = "POST", path, path
    request.GET, request.POST = QueryDict(query), QueryDict(kept["body"])
    found = resolve(path, getattr(request, "urlconf", None))
    request.resolver_match = found
    return found.func(request, *found.args, **found.kwargs)


def _kept(request: HttpRequest) -> dict[str, str]:
    try:
        kept = json.loads(unseal(bytes.fromhex(request.session.get(KEPT, "")), context=_place(request)))
    except (Broken, ValueError):
        return {}
    return dict(kept)


def _place(request: HttpRequest) -> str:
    return f"kept post of person {request.user.pk}"


def _way_back(request: HttpRequest) -> str:
    """Where somebody goes on after signing in: the page he asked for; after a lost session, the one he wrote on."""
    came_from = request.headers.get("Referer", "")
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    elif url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        page = urlsplit(came_from)
        return page.path + (f"?{page.query}" if page.query else "")
    else:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

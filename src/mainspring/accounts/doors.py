"""The one check in front of every staff view: signed in, and allowed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from mainspring.accounts.models import Person
from mainspring.accounts.roles import Permission

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that passed the door: its user is a Person."""

    user: Person


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff(permission: Permission, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[StaffView[P]], View[P]]:
    """Only signed-in staff with the permission, only by these methods. `HEAD` goes with `GET`.

    Not signed in: to the sign-in page (and back). Wrong role: 403. Wrong method: 405. The declared permission and
    methods stay readable on the view (`view.permission`, `view.methods`); the permission test reads them.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def wrap(view: StaffView[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            person: Any = request.user
            if not (person.is_authenticated and person.is_active):
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            elif not person.may(permission):
                raise PermissionDenied(permission.name)
            elif request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            else:
                return view(request, *args, **kwargs)  # type: ignore[arg-type]

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.methods = allowed  # type: ignore[attr-defined]
        return guarded

    return wrap

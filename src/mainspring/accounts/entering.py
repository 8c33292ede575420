"""What a session knows of how its person came in: where it stands, when he last proved who he is, what he owes."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mainspring.accounts.factors import Factors
from mainspring.accounts.limits import BROWSER_COOKIE
from mainspring.accounts.models import EntryRules, KnownBrowser, Person, Sitting
from mainspring.accounts.models.keys import new_handle
from mainspring.accounts.tasks import mail_sign_in_key
from mainspring.core.asked import clean
from mainspring.events.origin import client_address

PROVED_AT, FACTOR_AT, OWES_FACTOR = "proved_at", "factor_at", "owes_factor"
HANDLE, PASSWORD_RIGHT = "mailed_handle", "password_right_for"
FRESH_FOR = 10 * 60
"""Seconds for which a proof opens what is delicate."""
BROWSER_KNOWN_FOR = 400 * 24 * 3600
"""Seconds: as long as browsers keep any cookie."""
SEEN_EVERY = timedelta(minutes=5)


def came_in(request: HttpRequest, person: Person) -> None:
    """Somebody is signed in: write down where he sits, and whether he must set up a second factor first."""
    proved(request)
    if EntryRules.get().ask_second_factor_of(person.role) and not Factors(person):
        request.session[OWES_FACTOR] = True
    key = request.session.session_key
    if key:
        told = {
            "person": person,
            "agent": clean(request.headers.get("User-Agent"), 300),
            "address": client_address(request)[:60],
        }
        Sitting.objects.update_or_create(session_key=key, defaults=told)
        cache.add(_seen(key), 1, SEEN_EVERY.total_seconds())


def mail_key(request: HttpRequest, email: str) -> None:
    """Mail a code and a link to the address, if somebody has it; this browser keeps the handle of the code."""
    handle = request.session[HANDLE] = new_handle()
    mail_sign_in_key.enqueue(email, handle)


def must_prove_address(request: HttpRequest, person: Person) -> None:
    """The password was right, but nobody has shown yet that the address is his: a code is mailed to it."""
    request.session[PASSWORD_RIGHT] = person.pk
    mail_key(request, person.email)


def remember_browser(request: HttpRequest, response: HttpResponse, person: Person) -> bool:
    """Make the browser one of this person's; whether it is a new one."""
    had = request.COOKIES.get(BROWSER_COOKIE, "")
    token, is_new = KnownBrowser.objects.meet(person, had, clean(request.headers.get("User-Agent"), 300))
    response.set_cookie(
        BROWSER_COOKIE,
        token,
        max_age=BROWSER_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return is_new


def proved(request: HttpRequest, *, by_factor: bool = False) -> None:
    """He has just shown who he is; by a second factor, or by his password."""
    request.session[PROVED_AT] = int(time.time())
    if by_factor:
        request.session[FACTOR_AT] = request.session[PROVED_AT]


def is_fresh(request: HttpRequest, *, by_factor: bool = False) -> bool:
    """Whether he did so within the last minutes."""
    return time.time() - request.session.get(FACTOR_AT if by_factor else PROVED_AT, 0) < FRESH_FOR


def owes_factor(request: HttpRequest) -> bool:
    """Whether his role needs a second factor that he has not set up yet. Asks no database."""
    return bool(request.session.get(OWES_FACTOR))


def pays_factor(request: HttpRequest) -> None:
    request.session.pop(OWES_FACTOR, None)


def remember_sitting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: when a signed-in browser was last seen, to five minutes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key and request.user.is_authenticated and cache.add(_seen(key), 1, SEEN_EVERY.total_seconds()):
            now = timezone.now()
            stale = Sitting.objects.filter(session_key=key, seen_at__lt=now - SEEN_EVERY)
            stale.update(seen_at=now, address=client_address(request)[:60])
        return response

    return middleware


def _seen(key: str) -> str:
    return f"accounts.seen:{key}"

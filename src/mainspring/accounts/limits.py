"""How often passwords and codes may be tried, and mails with keys asked for."""

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from mainspring.accounts.models import KnownBrowser
from mainspring.core.limits import Limit
from mainspring.events.origin import client_address
from mainspring.ui.pages import refuse

BROWSER_COOKIE = "browser"
MINUTE = 60

PASSWORDS = Limit("password", 5, 5 * MINUTE)
"""Wrong passwords for one address. A browser its owner has used before is counted for itself."""
CODES = Limit("code", 5, 5 * MINUTE)
CODES_A_DAY = Limit("code-day", 30, 24 * 60 * MINUTE)
"""Second steps that failed: of a million codes three are right at a time, so a day's tries hit with 1 in 11,000."""
MAILED_CODES = Limit("mailed-code", 10, 15 * MINUTE)
FAILURES_FROM = Limit("from", 60, 5 * MINUTE)
"""Wrong passwords and codes from one network address: more than a whole office mistypes."""
MAILS_TO = Limit("mail-to", 5, 15 * MINUTE)
MAILS_FROM = Limit("mail-from", 30, 15 * MINUTE)
"""Mails with a key, asked for one address and from one network address."""


class Allowance:
    """What was taken of several limits for one try, to be given back when the try was right."""

    def __init__(self, *takings: tuple[Limit, object]) -> None:
        self.takings = takings

    def take_or_refuse(self, request: HttpRequest) -> None:
        """Count the try, or answer 429 at once: nothing is looked at."""
        wait = self.take()
        if wait:
            raise ImmediateHttpResponse(too_many(request, wait))

    def take(self) -> int:
        """0 when each of them allows it, else the seconds to wait."""
        taken = [limit.take(key) for limit, key in self.takings]
        return max((standing.resets_in for standing in taken if standing.is_over), default=0)

    def give_back(self) -> None:
        for limit, key in self.takings:
            limit.give_back(key)


def place_of(request: HttpRequest, email: str) -> str:
    """Under which key the tries for an address are counted: for itself when the browser is one of its owner's."""
    token = request.COOKIES.get(BROWSER_COOKIE, "")
    known = KnownBrowser.objects.knows(email, token)
    return f"{email.lower()[:80]}:{token[:16]}" if known else email.lower()[:100]


def passwords(request: HttpRequest, email: str) -> Allowance:
    return Allowance((PASSWORDS, place_of(request, email)), (FAILURES_FROM, client_address(request)))


def codes(request: HttpRequest, email: str) -> Allowance:
    place = place_of(request, email)
    return Allowance((CODES, place), (CODES_A_DAY, place), (FAILURES_FROM, client_address(request)))


def mails(request: HttpRequest, email: str) -> Allowance:
    return Allowance((MAILS_TO, email.lower()[:100]), (MAILS_FROM, client_address(request)))


def mailed_codes(request: HttpRequest, handle: str) -> Allowance:
    return Allowance((MAILED_CODES, handle), (FAILURES_FROM, client_address(request)))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, with the time to wait in words and as Retry-After (RFC 9110, 10.2.3)."""
    minutes = -(-seconds // 60)
    says = ngettext(
        "Nothing was looked at. Wait %(count)d minute, then try again.",
        "Nothing was looked at. Wait %(count)d minutes, then try again.",
        minutes,
    ) % {"count": minutes}
    response = refuse(request, says, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response

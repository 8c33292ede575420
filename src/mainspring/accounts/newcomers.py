"""Who comes to the portal from another house and is linked with nobody here yet.

What the house said is kept in his own browser until he has shown whose mail he reads; only then, and only there, it is
linked. Whoever says at a house that he has somebody's address waits in a browser of his own.
"""

import time
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.http import HttpRequest

from mainspring.accounts.models import Person

PLACE = "newcomer"
KEPT_FOR = 24 * 3600
"""Seconds: as long as the mailed link to an account works."""


@dataclass(frozen=True)
class Newcomer:
    """An identity at another house, and the address and name that it says are his. `is_vouched`: the shop takes the
    house's word for that address."""

    email: str
    name: str
    house: str
    is_vouched: bool
    login: dict[str, Any]

    @classmethod
    def keep(cls, request: HttpRequest, login: SocialLogin, *, email: str, house: str, is_vouched: bool) -> None:
        told = {"email": email.lower(), "name": login.user.name[:120], "house": house, "is_vouched": is_vouched}
        request.session[PLACE] = {"until": time.time() + KEPT_FOR, "told": {**told, "login": login.serialize()}}

    @classmethod
    def of(cls, request: HttpRequest) -> "Newcomer | None":
        """Who waits in this browser."""
        kept = request.session.get(PLACE)
        return cls(**kept["told"]) if kept and kept["until"] > time.time() else None

    @property
    def comes_in(self) -> bool:
        """Whether he needs no mail: the house's word counts, and nobody has the address yet."""
        return self.is_vouched and not Person.objects.filter(email__iexact=self.email).exists()

    def be(self, person: Person, request: HttpRequest) -> None:
        """He is this person, and signs in by the house from now on. An identity that somebody has already stays his."""
        request.session.pop(PLACE, None)
        login = SocialLogin.deserialize(self.login)
        if not SocialAccount.objects.filter(provider=login.account.provider, uid=login.account.uid).exists():
            login.connect(request, person)

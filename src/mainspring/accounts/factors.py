"""The second factors of a person: an authenticator app, passkeys, recovery codes.

They are kept in allauth's table, so that its steps of signing in find them; what is in a row is ours.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.crypto import constant_time_compare, get_random_string

from mainspring.accounts.events import (
    APP_ADDED,
    APP_REMOVED,
    CODE_USED,
    CODES_MADE,
    FACTORS_RESET,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
)
from mainspring.accounts.models.person import Person
from mainspring.core.sealing import Broken, seal, unseal
from mainspring.core.tokens import sign
from mainspring.events.models import Actor, record

PERIOD = 30
DRIFT = 1
"""How many periods a clock may be off, to either side (RFC 6238, 5.2)."""
CODES, CODE_LENGTH = 10, 10
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
APP, PASSKEY, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES

new_app_secret = generate_totp_secret


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it."""

    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


class Factors:
    """What a person shows besides, or instead of, his password. Each secret is sealed and bound to him."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._rows = list(Authenticator.objects.filter(user=person).order_by("id"))

    def __bool__(self) -> bool:
        """Whether there is a real one; recovery codes alone are none."""
        return any(row.type != RECOVERY for row in self._rows)

    @property
    def app(self) -> Authenticator | None:
        return next((row for row in self._rows if row.type == APP), None)

    @property
    def passkeys(self) -> list[Passkey]:
        rows = [row for row in self._rows if row.type == PASSKEY]
        return [Passkey(row.pk, str(row.data.get("name")), row.created_at, row.last_used_at) for row in rows]

    @property
    def codes_left(self) -> int:
        return next((len(row.data["codes"]) for row in self._rows if row.type == RECOVERY), 0)

    @transaction.atomic
    def add_app(self, secret: str, code: str, *, by: Actor) -> bool:
        """Keep the app when it shows the right code for the secret. That code is used up with it."""
        counter = _counter(secret, code, after=-1)
        if counter is None:
            return False
        Authenticator.objects.filter(user=self.person, type=APP).delete()
        Authenticator.objects.create(
            user=self.person, type=APP, data={"secret": self._seal(secret), "counter": counter}
        )
        record(APP_ADDED, self.person, by=by, data={"name": self.person.name})
        self._reread()
        return True

    @transaction.atomic
    def remove_app(self, *, by: Actor) -> None:
        if Authenticator.objects.filter(user=self.person, type=APP).delete()[0]:
            record(APP_REMOVED, self.person, by=by, data={"name": self.person.name})
        self._tidy()

    @transaction.atomic
    def add_passkey(self, name: str, credential: dict[str, Any], *, by: Actor) -> None:
        """Keep a passkey whose answer was verified."""
        WebAuthn.add(self.person, name, credential)
        record(PASSKEY_ADDED, self.person, by=by, data={"name": self.person.name, "key": name})
        self._reread()

    @transaction.atomic
    def remove_passkey(self, pk: int, *, by: Actor) -> bool:
        found = Authenticator.objects.filter(user=self.person, type=PASSKEY, pk=pk).first()
        if found is None:
            return False
        record(PASSKEY_REMOVED, self.person, by=by, data={"name": self.person.name, "key": found.data.get("name")})
        found.delete()
        self._tidy()
        return True

    @transaction.atomic
    def make_codes(self, *, by: Actor) -> list[str]:
        """New recovery codes; the old ones are void. Only their hashes are kept, so they are shown once."""
        codes = [get_random_string(CODE_LENGTH, LETTERS) for _ in range(CODES)]
        Authenticator.objects.update_or_create(
            user=self.person, type=RECOVERY, defaults={"data": {"codes": [self._hash(code) for code in codes]}}
        )
        record(CODES_MADE, self.person, by=by, data={"name": self.person.name})
        self._reread()
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    @transaction.atomic
    def accept(self, typed: str) -> Authenticator | None:
        """The factor that the code belongs to. Each code is taken once, however many bring it at the same time."""
        code = "".join(sign for sign in typed.upper() if sign.isalnum())
        rows = Authenticator.objects.select_for_update().filter(user=self.person)
        for row in rows.filter(type__in=(APP, RECOVERY)).order_by("-type"):
            if self._accepts_app(row, code) if row.type == APP else self._accepts_recovery(row, code):
                return row
        return None

    @transaction.atomic
    def reset(self, *, by: Actor) -> None:
        """Take all factors away, for somebody who has lost them. He is signed out and told."""
        from mainspring.accounts.models import Sitting

        record(FACTORS_RESET, self.person, by=by, data={"name": self.person.name})
        self.clear()
        self.person.known_browsers.all().delete()
        Sitting.end_all(self.person, by=by)

    def clear(self) -> None:
        Authenticator.objects.filter(user=self.person).delete()
        self._reread()

    def _accepts_app(self, row: Authenticator, code: str) -> bool:
        try:
            secret = unseal(bytes.fromhex(row.data["secret"]), context=self._place)
        except Broken:
            return False
        counter = _counter(secret, code, after=row.data["counter"])
        if counter is None:
            return False
        row.data["counter"] = counter
        row.save(update_fields=["data"])
        return True

    def _accepts_recovery(self, row: Authenticator, code: str) -> bool:
        tag = self._hash(code)
        left = [kept for kept in row.data["codes"] if not constant_time_compare(kept, tag)]
        if len(left) == len(row.data["codes"]):
            return False
        row.data["codes"] = left
        row.save(update_fields=["data"])
        record(CODE_USED, self.person, by=self.person, data={"name": self.person.name, "left": len(left)})
        return True

    def _tidy(self) -> None:
        """Recovery codes without a factor they stand in for would be a second password."""
        self._reread()
        if not self:
            self.clear()

    def _reread(self) -> None:
        self._rows = list(Authenticator.objects.filter(user=self.person).order_by("id"))

    def _seal(self, secret: str) -> str:
        return seal(secret, context=self._place).hex()

    def _hash(self, code: str) -> str:
        return sign("recovery code", f"{self.person.pk}\0{code}", length=40)

    @property
    def _place(self) -> str:
        return f"authenticator app of person {self.person.pk}"


def _counter(secret: str, code: str, *, after: int) -> int | None:
    """Of which period the code is; None when it is wrong or not newer than the last one that was used."""
    now = period_now()
    for counter in range(now - DRIFT, now + DRIFT + 1):
        if counter > after and constant_time_compare(format_hotp_value(hotp_value(secret, counter)), code):
            return counter
    return None


def period_now() -> int:
    return int(time.time()) // PERIOD

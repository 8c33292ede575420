"""A link that shows a credential to a customer, once."""

import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.debug import sensitive_variables

from mainspring.accounts.models import Person
from mainspring.core.sealing import Broken, lock, unlock
from mainspring.events.models import record
from mainspring.tickets.models import Ticket
from mainspring.vault.contents import Contents, Facts
from mainspring.vault.events import SHARE_ENDED, SHARE_FAILED, SHARE_MADE, SHARE_OPENED
from mainspring.vault.models.credential import Credential
from mainspring.vault.models.locked import Locked

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
CODE_LENGTH = 12
"""Of 28 letters: 57 bits, for a guess a try, and five of them."""
TRIES = 5
LASTS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))


class Over(Exception):
    """The link shows nothing any more: it was opened, ended, or is too old."""


class WrongCode(Exception):
    """That is not its code. `left` says how many tries there are still."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} tries left")
        self.left = left


class ShareQuerySet(models.QuerySet["Share"]):
    def open_ones(self) -> "ShareQuerySet":
        return self.filter(opened_at=None, ended_at=None, expires_at__gt=timezone.now())

    @sensitive_variables()
    def make(
        self,
        credential: Credential,
        *,
        by: Person,
        reason: str,
        lasts: timedelta,
        with_notes: bool = False,
        ticket: Ticket | None = None,
    ) -> "tuple[Share, str]":
        """The link, and its code, which is kept nowhere. It counts as a look. Raises NoKey or Broken."""
        opened = credential.look("share", by=by, reason=reason, kind=SHARE_MADE, ticket=ticket)
        shown = opened.changed(totp="", file=b"", file_name="", notes=opened.notes if with_notes else "")
        code = get_random_string(CODE_LENGTH, LETTERS)
        with transaction.atomic():
            share = self.create(
                credential=credential, made_by=by, handle=secrets.token_urlsafe(18), expires_at=timezone.now() + lasts
            )
            key = share.next_key()
            share.facts = key.lock("facts", _under(code, shown.facts.written(), share))
            share.secrets = key.lock("secrets", _under(code, shown.secrets(), share))
            share.save()
        return share, f"{code[:4]}-{code[4:8]}-{code[8:]}"


class Share(Locked):
    """A copy of a credential for one look from outside. Locked twice: under the keyring, and under a code we forget.

    The address holds neither; the code travels behind its #, which no server sees, or by another way.
    """

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="shares")
    handle = models.CharField(max_length=40, unique=True)
    facts = models.BinaryField(default=bytes)
    secrets = models.BinaryField(default=bytes)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = ShareQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.credential}, {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def locked_home(self) -> str:
        return f"credential:{self.credential_id}"

    @property
    def opens(self) -> bool:
        return self.opened_at is None and self.ended_at is None and self.expires_at > timezone.now()

    @property
    def over_since(self) -> datetime | None:
        return self.opened_at or self.ended_at or (self.expires_at if not self.opens else None)

    @sensitive_variables()
    def open(self, code: str) -> Contents:
        """What was shared, this once; it is gone from here. Raises Over, WrongCode, NoKey, Broken."""
        with transaction.atomic():
            share = Share.objects.select_for_update().select_related("credential").get(pk=self.pk)
            if not share.opens:
                raise Over
            contents = share._contents(code)
            if contents is not None:
                share._empty(opened_at=timezone.now())
                record(SHARE_OPENED, share.credential, by=None, stream=share.credential.home_key, data=share._told)
            elif share.tries + 1 >= TRIES:
                share._empty(ended_at=timezone.now(), tries=TRIES)
                record(SHARE_FAILED, share.credential, by=None, stream=share.credential.home_key, data=share._told)
            else:
                Share.objects.filter(pk=share.pk).update(tries=share.tries + 1)
        if contents is None:
            raise WrongCode(TRIES - share.tries - 1)
        return contents

    @transaction.atomic
    def end(self, *, by: Person) -> None:
        if Share.objects.open_ones().filter(pk=self.pk).exists():
            self._empty(ended_at=timezone.now())
            record(SHARE_ENDED, self.credential, by=by, stream=self.credential.home_key, data=self._told)

    def run_out(self) -> None:
        """Its time is over: nothing of it is kept."""
        self._empty(ended_at=self.ended_at or self.expires_at)

    @sensitive_variables()
    def _contents(self, code: str) -> Contents | None:
        """In clear; None when the code is wrong."""
        key = self.data_key
        facts, hidden = key.unlock("facts", bytes(self.facts)), key.unlock("secrets", bytes(self.secrets))
        letters = "".join(sign for sign in code.upper() if sign.isalnum())
        try:
            own = _key_of(letters, self)
            shown = Facts.read(unlock(own, facts, self.handle.encode()))
            return Contents.read(shown, unlock(own, hidden, self.handle.encode()), b"")
        except Broken:
            return None

    def _empty(self, **columns: object) -> None:
        wiped = {"facts": b"", "secrets": b"", "wrapped": b"", "key_id": ""}
        Share.objects.filter(pk=self.pk).update(**wiped, **columns)

    @property
    def _told(self) -> dict[str, str]:
        return {"name": self.credential.told_name}


@sensitive_variables()
def _under(code: str, plain: bytes, share: Share) -> bytes:
    return lock(_key_of(code, share), plain, share.handle.encode())


@sensitive_variables()
def _key_of(code: str, share: Share) -> bytes:
    return HKDF(SHA256(), 32, salt=share.handle.encode(), info=b"mainspring share").derive(code.encode())

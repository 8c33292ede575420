"""Keys that are mailed: who reads one has shown that the address is his."""

import hmac
import secrets
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models.person import Person
from mainspring.core.tokens import digest_of, sign

CODE_DIGITS = 6
TRIES = 5
"""How often a code may be typed wrong; with six digits, one in 200,000 guesses right."""
SPELLS = {"sign_in": timedelta(minutes=15), "new_address": timedelta(hours=24)}


def new_handle() -> str:
    """What the browser that asks for a key keeps, so that the mailed code works in it alone."""
    return secrets.token_urlsafe(24)


class MailedKeyManager(models.Manager["MailedKey"]):
    def make(self, purpose: str, email: str, *, person: Person | None, handle: str) -> "tuple[MailedKey, str, str]":
        """A new key, with its code for typing and its token for a link: neither is kept, only their hashes.

        The older keys of the same purpose for the same address end.
        """
        email = email.lower()
        self.filter(purpose=purpose, email=email, used_at=None).delete()
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        token = secrets.token_urlsafe(32)
        key = self.create(
            purpose=purpose,
            email=email,
            person=person,
            handle=handle,
            code_hash=sign("mailed code", f"{handle}\0{code}", length=40),
            token_hash=digest_of(token),
            tries_left=TRIES,
            expires_at=timezone.now() + SPELLS[purpose],
        )
        return key, code, token

    def by_code(self, purpose: str, handle: str, code: str) -> "MailedKey | None":
        """The key, once, for the code that was mailed. A try is counted before the code is looked at."""
        counted = self._open(purpose).filter(handle=handle, tries_left__gt=0).update(tries_left=F("tries_left") - 1)
        key = self._open(purpose).filter(handle=handle).first() if counted else None
        expected = sign("mailed code", f"{handle}\0{''.join(code.split())}", length=40)
        return key if key and hmac.compare_digest(key.code_hash, expected) and key.use() else None

    def by_token(self, purpose: str, token: str) -> "MailedKey | None":
        """The key of the mailed link, as long as it is good."""
        return self._open(purpose).filter(token_hash=digest_of(token)).select_related("person").first()

    def _open(self, purpose: str) -> "models.QuerySet[MailedKey]":
        return self.filter(purpose=purpose, used_at=None, expires_at__gt=timezone.now())


class MailedKey(models.Model):
    """A code and a link that were mailed to one address for one purpose. Either works once, and not for long."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("signing in")
        NEW_ADDRESS = "new_address", _("a new mail address")

    purpose = models.CharField(max_length=20, choices=Purpose)
    email = models.EmailField()
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="mailed_keys")
    handle = models.CharField(max_length=40, unique=True)
    code_hash = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    tries_left = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[MailedKeyManager] = MailedKeyManager()

    class Meta:
        indexes = [models.Index(fields=["purpose", "email"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.email}"

    def use(self) -> bool:
        """Whether this was the first use."""
        return bool(MailedKey.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now()))

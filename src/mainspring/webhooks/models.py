"""Hooks, what was sent to them, and how each try went."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core.prepared import prepared
from mainspring.core.sealing import seal, unseal
from mainspring.events.models import Actor, Event, record
from mainspring.webhooks.events import (
    HOOK_ADDED,
    HOOK_CHANGED,
    HOOK_REMOVED,
    HOOK_SECRET_CHANGED,
    HOOK_SWITCHED_OFF,
)

OVERLAP = timedelta(hours=24)
"""How long the secret before still signs beside the new one."""
PATIENCE = timedelta(days=2)
"""How long a hook may fail before it is switched off."""


class HookQuerySet(models.QuerySet["Hook"]):
    def standing(self) -> "HookQuerySet":
        """All but those removed."""
        return self.filter(removed_at=None)

    def that_hear(self, kind: str) -> "list[Hook]":
        """Those that are on and want to hear of this kind of event. There are few, so one small query finds them."""
        return [hook for hook in _listening() if kind in hook.kinds]

    @transaction.atomic
    def add(self, *, url: str, kinds: list[str], by: Any) -> "tuple[Hook, str]":
        """A new hook and its secret, which is shown this once."""
        hook = self.create(url=url, kinds=sorted(kinds), owner=by)
        secret = hook.keep_new_secret()
        record(HOOK_ADDED, hook, by=by, data={"host": hook.host, "kinds": hook.kinds})
        return hook, secret


class Hook(models.Model):
    """An address that is told of some kinds of events."""

    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(_("events"), default=list)
    is_on = models.BooleanField(_("switched on"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who hears when it fails for days."
    )
    sealed = models.BinaryField(default=bytes)
    sealed_before = models.BinaryField(default=bytes)
    before_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    objects = HookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url

    @property
    def secrets(self) -> list[str]:
        """Those that sign now: the newest, and for a day the one before."""
        signing = [unseal(bytes(self.sealed), context=self._context)]
        if self.before_until is not None and self.before_until > timezone.now():
            signing.append(unseal(bytes(self.sealed_before), context=self._context))
        return signing

    @transaction.atomic
    def change(self, *, by: Actor, **fields: Any) -> None:
        """Another address, other events, on or off. Switched on again, it begins anew."""
        changes = {
            name: [str(getattr(self, name)), str(value)]
            for name, value in fields.items()
            if getattr(self, name) != value
        }
        if changes:
            for name in changes:
                setattr(self, name, fields[name])
            if "is_on" in changes or "url" in changes:
                self.failing_since = None
            self.save()
            record(HOOK_CHANGED, self, by=by, data={"host": self.host, "changes": changes})

    @transaction.atomic
    def change_secret(self, *, by: Actor) -> str:
        """A new secret, shown this once. The one before signs beside it for a day."""
        secret = self.keep_new_secret()
        record(HOOK_SECRET_CHANGED, self, by=by, data={"host": self.host})
        return secret

    def keep_new_secret(self) -> str:
        secret = f"whsec_{secrets.token_urlsafe(32)}"
        if self.sealed:
            self.sealed_before, self.before_until = self.sealed, timezone.now() + OVERLAP
        self.sealed = seal(secret, context=self._context)
        self.save(update_fields=["sealed", "sealed_before", "before_until"])
        return secret

    @transaction.atomic
    def remove(self, *, by: Actor) -> None:
        """Told of nothing any more; the log of what it was told stays."""
        if self.removed_at is None:
            self.removed_at, self.is_on, self.sealed, self.sealed_before = timezone.now(), False, b"", b""
            self.save()
            record(HOOK_REMOVED, self, by=by, data={"host": self.host})

    def note_success(self) -> None:
        Hook.objects.filter(pk=self.pk).exclude(failing_since=None).update(failing_since=None)

    @transaction.atomic
    def note_failure(self) -> bool:
        """It failed once more; whether that was enough to switch it off."""
        now = timezone.now()
        Hook.objects.filter(pk=self.pk, failing_since=None).update(failing_since=now)
        tired = Hook.objects.filter(pk=self.pk, is_on=True, failing_since__lt=now - PATIENCE)
        if not tired.update(is_on=False):
            return False
        record(HOOK_SWITCHED_OFF, self, by=None, data={"host": self.host})
        return True

    @property
    def _context(self) -> str:
        return f"secret of webhook {self.pk}"


@prepared
def _listening() -> HookQuerySet:
    return Hook.objects.standing().filter(is_on=True)


class Delivery(models.Model):
    """One thing that one hook is told: the same bytes at every try."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given_up", _("given up")

    hook = models.ForeignKey(Hook, models.PROTECT, related_name="deliveries")
    key = models.UUIDField(default=uuid4, unique=True, help_text="By which the receiver knows it again.")
    kind = models.CharField(max_length=60)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["hook", "-id"], name="deliveries_of_hook"),
            models.Index(fields=["state", "made_at"], name="deliveries_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="a_hook_is_told_of_an_event_once", fields=["hook", "event"], condition=~models.Q(event=None)
            )
        ]

    def __str__(self) -> str:
        return self.kind


class Try(models.Model):
    """How one try went: what we sent with it, what was answered, in how long."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    took_ms = models.PositiveIntegerField(default=0)
    sent_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True, help_text="The first of what was answered.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return self.error or str(self.status)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

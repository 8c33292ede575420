"""What happened: a row an event, written in the transaction of the change it reports."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mainspring.events.kinds import KINDS, EventKind
from mainspring.events.origin import current_origin
from mainspring.events.task_rows import TaskRow

__all__ = ["Actor", "Event", "TaskRow", "record", "reference"]

MACHINE = gettext_noop("Mainspring")


class Actor(Protocol):
    """Who acts: a person of the staff or a contact. `actor_key` is like `person:3`, `actor_name` what people read."""

    @property
    def actor_key(self) -> str: ...
    @property
    def actor_name(self) -> str: ...


class EventQuerySet(models.QuerySet["Event"]):
    def of_stream(self, stream: str) -> "EventQuerySet":
        return self.filter(stream=stream).order_by("id")

    def latest_first(self) -> "EventQuerySet":
        return self.order_by("-id")


class Event(models.Model):
    """One thing that happened: who, when, from where, to what, before and after. Never changed, never deleted."""

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, help_text="What it happened to, e.g. invoice:17.")
    stream = models.CharField(max_length=60, help_text="Whose story it belongs to, e.g. ticket:5.")
    actor = models.CharField(max_length=60, blank=True, help_text="person:3, contact:8, or empty for the machine.")
    actor_name = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=60, blank=True, help_text="Network address, or the task that acted.")
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["stream", "id"]),
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["actor", "id"]),
            models.Index(fields=["kind", "id"]),
        ]

    def __str__(self) -> str:
        kind = KINDS.get(self.kind)
        words = {**self.data, "who": self.actor_name or _(MACHINE)}
        return str(kind.sentence).format_map(_Words(words)) if kind else self.kind


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def reference(thing: models.Model) -> str:
    """The short name of a row in events and ledgers: `ticket:5`."""
    return f"{thing._meta.model_name}:{thing.pk}"


def record(
    kind: EventKind,
    subject: models.Model,
    *,
    by: Actor | None,
    stream: models.Model | str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write an event and call or enqueue its reactions. Must run in the transaction of the change.

    `by=None` is the machine. `stream` is the thing, or its reference, whose story it is; by default the subject.
    `data` holds what the sentence needs, and `changes: {field: [before, after]}` where something changed.
    """
    from mainspring.events.reactions import react

    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{kind.name} is recorded in the transaction of its change.")
    event = Event.objects.create(
        kind=kind.name,
        subject=reference(subject),
        stream=stream if isinstance(stream, str) else reference(stream or subject),
        actor=by.actor_key if by else "",
        actor_name=by.actor_name if by else "",
        origin=current_origin(),
        data=dict(data or {}),
    )
    react(kind, event, subject)
    return event

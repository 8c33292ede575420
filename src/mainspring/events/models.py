"""What happened: a row an event, written in the transaction of the change it reports."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext_noop
from django.utils.translation import gettext as _

from mainspring.events.chain import EventLink
from mainspring.events.checkpoints import Checkpoint
from mainspring.events.kinds import KINDS, EventKind
from mainspring.events.marks import Row, new_mark, stored_time
from mainspring.events.origin import current_origin
from mainspring.events.pulse import Pulse
from mainspring.events.task_rows import TaskRow

__all__ = ["Actor", "Checkpoint", "Event", "EventLink", "Pulse", "TaskRow", "record", "reference"]

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
    """One thing that happened: who, when, from where, to what, before and after. Never changed, never deleted.

    Its details (`actor_name`, `origin`, `data`) may be forgotten, once and whole: see `events.forgetting`.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, help_text="What it happened to, e.g. invoice:17.")
    stream = models.CharField(max_length=60, help_text="Whose story it belongs to, e.g. ticket:5.")
    actor = models.CharField(max_length=60, blank=True, help_text="person:3, contact:8, or empty for the machine.")
    actor_name = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=60, blank=True, help_text="Network address, or the task that acted.")
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mark = models.CharField(  # noqa: DJ001 (NULL is "forgotten")
        max_length=64, null=True, help_text="A salt and our keyed hash of the row; empty once its details were erased."
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["stream", "id"]),
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["actor", "id"]),
            models.Index(fields=["kind", "id"]),
            models.Index(fields=["at", "id"], name="events_by_time"),
        ]

    def __str__(self) -> str:
        kind = KINDS.get(self.kind)
        if kind is None:
            return self.kind
        words = kind.words(self.data) | {"who": self.actor_name or ("…" if self.actor else _(MACHINE))}
        return str(kind.sentence).format_map(_Words({name: _apart(word) for name, word in words.items()}))

    @property
    def icon(self) -> str:
        kind = KINDS.get(self.kind)
        return kind.icon if kind else "point"

    @property
    def is_forgotten(self) -> bool:
        return self.mark is None

    def sign(self) -> None:
        """Mark it as written by us. What is changed on it afterwards shows."""
        data = json.dumps(self.data, cls=DjangoJSONEncoder)
        at = stored_time(self.at)
        self.mark = new_mark(
            Row(0, self.kind, self.subject, self.stream, self.actor, at, self.actor_name, self.origin, data, None)
        )


def _apart(word: Any) -> Any:
    """In a sentence from right to left a name keeps its direction and the sentence its order (Unicode's isolates)."""
    return f"\u2068{word}\u2069" if isinstance(word, str) and get_language_bidi() else word


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
    event = Event(
        kind=kind.name,
        subject=reference(subject),
        stream=stream if isinstance(stream, str) else reference(stream or subject),
        actor=by.actor_key if by else "",
        actor_name=by.actor_name if by else "",
        origin=current_origin(),
        data=dict(data or {}),
    )
    event.sign()
    event.save(force_insert=True)
    react(kind, event, subject)
    return event

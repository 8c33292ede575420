"""How a ticket moves: status, resolve, close, reopen, decline."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, Event, record
from mainspring.tickets.events import (
    REPAIR_DECLINED,
    REPAIR_RESUMED,
    STATUS_CHANGED,
    TICKET_CLOSED,
    TICKET_REOPENED,
    TICKET_RESOLVED,
)
from mainspring.tickets.models.findable import Findable
from mainspring.tickets.models.kinds import StatusKind
from mainspring.tickets.models.status import Automation, Status


class Lifecycle(Findable):
    """Verbs that move a ticket through its statuses."""

    class Meta:
        abstract = True

    @property
    def is_done(self) -> bool:
        return not self.is_open

    def record(self, kind: EventKind, *, by: Actor | None, **data: Any) -> Event:
        """An event of this ticket's story."""
        return record(kind, self, by=by, data=data)

    def touch(self, *columns: str) -> None:
        """Save these columns and the time of the last change."""
        self.updated_at = timezone.now()
        self.save(update_fields=[*columns, "updated_at"])

    @transaction.atomic
    def become(self, status: Status, *, by: Actor | None) -> None:
        """Change the status. Into or out of a done kind is resolving, closing or reopening."""
        if status.kind == StatusKind.RESOLVED:
            self.resolve(by=by, status=status)
        elif status.kind == StatusKind.CLOSED:
            self.close(by=by, status=status)
        elif self.is_done:
            self.reopen(by=by, status=status)
        else:
            self._move(status, by=by)

    @transaction.atomic
    def resolve(self, *, by: Actor | None, status: Status | None = None) -> None:
        """The work is done. The final invoice follows in the same transaction (billing reacts)."""
        if not self.is_done:
            self._move(status or Status.first_of(StatusKind.RESOLVED), by=by)
            self.resolved_at = timezone.now()
            self.touch("resolved_at")
            self.record(TICKET_RESOLVED, by=by)

    @transaction.atomic
    def close(self, *, by: Actor | None, status: Status | None = None) -> None:
        """Nothing is left to do. A ticket that was not resolved before is billed now."""
        if self.status.kind != StatusKind.CLOSED:
            self._move(status or Status.first_of(StatusKind.CLOSED), by=by)
            self.closed_at = timezone.now()
            self.touch("closed_at")
            self.record(TICKET_CLOSED, by=by)

    @transaction.atomic
    def reopen(self, *, by: Actor | None, status: Status | None = None) -> None:
        """Work goes on. What was billed stays billed; further work leads to a further invoice."""
        if self.is_done:
            self._move(status or Status.first_of(StatusKind.OPEN), by=by)
            self.resolved_at = self.closed_at = None
            self.touch("resolved_at", "closed_at")
            self.record(TICKET_REOPENED, by=by)

    @transaction.atomic
    def decline_repair(self, *, by: Actor | None) -> None:
        """The customer does not want the repair: the fee stands and nothing else is billed."""
        if self.declined_at is None:
            self.declined_at = timezone.now()
            self.touch("declined_at")
            self.record(REPAIR_DECLINED, by=by)

    @transaction.atomic
    def resume_repair(self, *, by: Actor | None) -> None:
        if self.declined_at is not None:
            self.declined_at = None
            self.touch("declined_at")
            self.record(REPAIR_RESUMED, by=by)

    @transaction.atomic
    def start_work(self, *, by: Actor | None) -> None:
        """Somebody works on it now (a timer started)."""
        if Automation.get().timer_starts_work and self.status.kind != StatusKind.IN_PROGRESS and not self.is_done:
            self._move(Status.first_of(StatusKind.IN_PROGRESS), by=by)

    def _move(self, status: Status, *, by: Actor | None) -> None:
        if status.pk != self.status.pk:
            before, self.status = self.status, status
            self.is_open = not status.is_done
            self.touch("status", "is_open")
            self.record(
                STATUS_CHANGED,
                by=by,
                before=str(before),
                after=str(status),
                kind_before=before.kind,
                kind_after=status.kind,
                changes={"status": [str(before), str(status)]},
            )

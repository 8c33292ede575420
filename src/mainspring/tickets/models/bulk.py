"""One change to many tickets: each by its own verb, in its own transaction, with what can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainspring.accounts.models import Person
from mainspring.core.asked import row_key, whole
from mainspring.tickets.models.kinds import Priority, StatusKind
from mainspring.tickets.models.status import Status
from mainspring.tickets.models.ticket import Ticket


class Act(Protocol):
    """What is done to each ticket. `before` is what stands there, as JSON keeps it; None stands for nothing."""

    can_be_undone: bool

    def before(self, ticket: Ticket) -> Any: ...
    def is_so(self, ticket: Ticket) -> bool: ...
    def why_not(self, ticket: Ticket, by: Person) -> str: ...
    def do(self, ticket: Ticket, by: Person) -> None: ...
    def undo(self, ticket: Ticket, before: Any, by: Person) -> None: ...
    def says(self, count: int) -> str: ...


@dataclass(frozen=True)
class Assign:
    """Give them to a colleague, or to nobody."""

    person: Person | None
    can_be_undone: ClassVar[bool] = True

    @classmethod
    def read(cls, value: str) -> "Assign":
        return cls(_one_of(Person.objects.working(), value, _("There is no such colleague.")) if value else None)

    def before(self, ticket: Ticket) -> Any:
        return ticket.assignee_id

    def is_so(self, ticket: Ticket) -> bool:
        return ticket.assignee == self.person

    def why_not(self, ticket: Ticket, by: Person) -> str:
        return ""

    def do(self, ticket: Ticket, by: Person) -> None:
        ticket.assign(self.person, by=by)

    def undo(self, ticket: Ticket, before: Any, by: Person) -> None:
        ticket.assign(Person.objects.filter(pk=before).first(), by=by)

    def says(self, count: int) -> str:
        if self.person is None:
            return ngettext("%(n)s ticket is nobody's now.", "%(n)s tickets are nobody's now.", count) % {"n": count}
        given = ngettext("%(n)s ticket given to %(name)s.", "%(n)s tickets given to %(name)s.", count)
        return given % {"n": count, "name": self.person.name}


@dataclass(frozen=True)
class Prioritise:
    """Another priority."""

    priority: Priority
    can_be_undone: ClassVar[bool] = True

    @classmethod
    def read(cls, value: str) -> "Prioritise":
        wanted = whole(value)
        if wanted not in Priority.values:
            raise ValidationError(_("There is no such priority."))
        return cls(Priority(wanted))

    def before(self, ticket: Ticket) -> Any:
        return ticket.priority

    def is_so(self, ticket: Ticket) -> bool:
        return ticket.priority == self.priority

    def why_not(self, ticket: Ticket, by: Person) -> str:
        return ""

    def do(self, ticket: Ticket, by: Person) -> None:
        ticket.amend(priority=self.priority.value, by=by)

    def undo(self, ticket: Ticket, before: Any, by: Person) -> None:
        ticket.amend(priority=before, by=by)

    def says(self, count: int) -> str:
        said = ngettext("%(n)s ticket: priority %(name)s.", "%(n)s tickets: priority %(name)s.", count)
        return said % {"n": count, "name": self.priority.label}


@dataclass(frozen=True)
class MoveDue:
    """Another due date, or none."""

    due_at: datetime | None
    can_be_undone: ClassVar[bool] = True

    @classmethod
    def read(cls, value: str) -> "MoveDue":
        try:
            due_at = parse_datetime(value) if value else None
        except ValueError:
            due_at = None
        if value and due_at is None:
            raise ValidationError(_("That is no date and time."))
        return cls(timezone.make_aware(due_at) if due_at and timezone.is_naive(due_at) else due_at)

    def before(self, ticket: Ticket) -> Any:
        return ticket.due_at and ticket.due_at.isoformat()

    def is_so(self, ticket: Ticket) -> bool:
        return ticket.due_at == self.due_at

    def why_not(self, ticket: Ticket, by: Person) -> str:
        return _("It is done.") if ticket.is_done else ""

    def do(self, ticket: Ticket, by: Person) -> None:
        ticket.move_due(self.due_at, by=by)

    def undo(self, ticket: Ticket, before: Any, by: Person) -> None:
        ticket.move_due(parse_datetime(before) if before else None, by=by)

    def says(self, count: int) -> str:
        return ngettext("%(n)s ticket: due date moved.", "%(n)s tickets: due date moved.", count) % {"n": count}


@dataclass(frozen=True)
class Become:
    """Another status. Into and out of a done one is resolving, closing, reopening: not taken back, since it bills."""

    status: Status

    @classmethod
    def read(cls, value: str) -> "Become":
        return cls(_one_of(Status.objects.all(), value, _("There is no such status.")))

    @property
    def can_be_undone(self) -> bool:
        return not self.status.is_done

    def before(self, ticket: Ticket) -> Any:
        return None if ticket.is_done else ticket.status_id

    def is_so(self, ticket: Ticket) -> bool:
        return ticket.status_id == self.status.pk

    def why_not(self, ticket: Ticket, by: Person) -> str:
        if (self.status.is_done or ticket.is_done) and not by.may("tickets.close"):
            return _("Your role can't resolve, close or reopen tickets.")
        elif self.status.kind == StatusKind.RESOLVED and ticket.is_done:
            return _("It is done.")
        else:
            return ""

    def do(self, ticket: Ticket, by: Person) -> None:
        ticket.become(self.status, by=by)

    def undo(self, ticket: Ticket, before: Any, by: Person) -> None:
        status = Status.objects.filter(pk=before).first()
        if status is not None:
            ticket.become(status, by=by)

    def says(self, count: int) -> str:
        return ngettext("%(n)s ticket: %(status)s.", "%(n)s tickets: %(status)s.", count) % {
            "n": count,
            "status": self.status,
        }


class Close(Become):
    """Nothing is left to do."""

    @classmethod
    def read(cls, value: str) -> "Close":
        return cls(Status.first_of(StatusKind.CLOSED))

    def is_so(self, ticket: Ticket) -> bool:
        return ticket.status.kind == StatusKind.CLOSED


ACTS: dict[str, Any] = {"assign": Assign, "priority": Prioritise, "due": MoveDue, "status": Become, "close": Close}


class BulkChange(models.Model):
    """What somebody did to many tickets at once, and what became of each; it grows while it goes on."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    act = models.CharField(max_length=10)
    value = models.CharField(max_length=60, blank=True)
    done = models.JSONField(default=dict, help_text="What stood on each ticket before, by its number.")
    left = models.JSONField(default=dict, help_text="Why it was not done, by the ticket's number.")
    so_before = models.PositiveIntegerField(default=0, help_text="Tickets that were so before.")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.act} {self.value}"

    def read(self) -> Act:
        """What is to be done. Raises ValidationError, in plain words, for what can't be meant."""
        if self.act not in ACTS:
            raise ValidationError(_("Say what is to be done with the tickets."))
        act: Act = ACTS[self.act].read(self.value)
        return act

    def go_on(self, numbers: Iterable[int]) -> None:
        """Do it to these tickets too, a transaction each: what one of them refuses does not hold up the others."""
        act = self.read()
        for number in numbers:
            self._do(act, number)
        self.save()

    def _do(self, act: Act, number: int) -> None:
        key = str(number)
        try:
            with transaction.atomic():
                ticket = Ticket.objects.visible_to(self.person).with_people().filter(number=number).first()
                why = act.why_not(ticket, self.person) if ticket else _("There is no such ticket.")
                if ticket is None or (why and not act.is_so(ticket)):
                    self.left[key] = why
                elif act.is_so(ticket):
                    self.so_before += 1
                else:
                    before = act.before(ticket)
                    act.do(ticket, self.person)
                    self.done[key] = before
        except ValidationError as error:
            self.left[key] = " ".join(error.messages)

    @property
    def can_be_undone(self) -> bool:
        return bool(self.done) and self.undone_at is None and self.read().can_be_undone

    def undo(self) -> int:
        """Put back what stood there, where nobody changed it since. Returns on how many tickets."""
        act, count = self.read(), 0
        for key, before in self.done.items():
            with transaction.atomic():
                ticket = Ticket.objects.visible_to(self.person).with_people().filter(number=int(key)).first()
                if ticket is not None and act.is_so(ticket):
                    act.undo(ticket, before, self.person)
                    count += 1
        self.undone_at = timezone.now()
        self.save(update_fields=["undone_at"])
        return count

    def says(self) -> str:
        """What was done, in a sentence or three."""
        said = [self.read().says(len(self.done))] if self.done else []
        if self.so_before:
            so = ngettext("%(n)s was so before.", "%(n)s were so before.", self.so_before)
            said.append(so % {"n": self.so_before})
        if self.left:
            left = ngettext("%(n)s was left as it is.", "%(n)s were left as they are.", len(self.left))
            said.append(left % {"n": len(self.left)})
        return " ".join(said) or _("No ticket was chosen.")


def _one_of(rows: "models.QuerySet[Any]", value: str, otherwise: str) -> Any:
    found = rows.filter(pk=row_key(value)).first()
    if found is None:
        raise ValidationError(otherwise)
    return found

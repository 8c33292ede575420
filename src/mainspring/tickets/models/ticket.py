"""The ticket, assembled."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.numbers import NumberSeries
from mainspring.events.models import Actor
from mainspring.tickets.events import TICKET_OPENED
from mainspring.tickets.models.conversation import Conversation
from mainspring.tickets.models.kinds import StatusKind
from mainspring.tickets.models.status import Status

FIRST_NUMBER = 1001


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Person) -> "TicketQuerySet":
        """The only door: the tickets this person may know of."""
        return self if person.may("tickets.view") else self.none()

    def unclosed(self) -> "TicketQuerySet":
        return self.filter(is_open=True)

    def waiting(self) -> "TicketQuerySet":
        return self.filter(status__kind=StatusKind.WAITING_CUSTOMER)

    def replied(self) -> "TicketQuerySet":
        return self.filter(status__kind=StatusKind.CUSTOMER_REPLIED)

    def overdue(self) -> "TicketQuerySet":
        return self.unclosed().filter(due_at__lt=timezone.now())

    def matching(self, words: str) -> "TicketQuerySet":
        """A number, or every word somewhere in the subject, the problem, or the customer's name."""
        found = self
        for word in words.replace("\x00", "").split()[:6]:
            bare = word.lstrip("#")
            fits = models.Q(subject__icontains=word) | models.Q(description__icontains=word)
            fits |= models.Q(contact__name__icontains=word)
            if bare.isdigit() and len(bare) < 18:
                fits |= models.Q(number=int(bare))
            found = found.filter(fits)
        return found

    def with_people(self) -> "TicketQuerySet":
        return self.select_related("status", "contact__business", "business", "device__kind", "assignee")

    @transaction.atomic
    def open(self, subject: str, *, by: Actor | None, status: Status | None = None, **fields: Any) -> "Ticket":
        """A new ticket with the next number. `fields` are columns of the ticket; the business follows the contact."""
        contact = fields.get("contact")
        if contact is not None and fields.get("business") is None:
            fields["business"] = contact.business
        ticket = Ticket(
            number=NumberSeries.take("ticket", first=FIRST_NUMBER),
            subject=subject[:200],
            status=status or Status.first_of(StatusKind.NEW),
            **fields,
        )
        ticket.is_open = not ticket.status.is_done
        ticket.last_line = " ".join(ticket.description.split())[:160]
        ticket.save(force_insert=True)
        ticket.record(TICKET_OPENED, by=by, number=ticket.number, subject=ticket.subject, channel=ticket.channel)
        return ticket


class Ticket(Conversation):
    """A customer's matter, from the first call to the last payment."""

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="tickets_by_update"),
            models.Index(
                fields=["-updated_at", "-id"], name="open_tickets_by_update", condition=models.Q(is_open=True)
            ),
            models.Index(
                fields=["status", "priority", "assignee"], name="open_tickets_counted", condition=models.Q(is_open=True)
            ),
            models.Index(fields=["status", "-updated_at"], name="tickets_by_status"),
            models.Index(fields=["assignee", "status", "-updated_at"], name="tickets_by_assignee"),
            models.Index(fields=["priority", "-updated_at"], name="tickets_by_priority"),
            models.Index(fields=["contact", "-updated_at"], name="tickets_by_contact"),
            models.Index(fields=["business", "-updated_at"], name="tickets_by_business"),
            models.Index(fields=["device", "-updated_at"], name="tickets_by_device"),
            models.Index(fields=["due_at"], name="tickets_by_due", condition=models.Q(due_at__isnull=False)),
        ]

"""The ticket, assembled."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core import search
from mainspring.core.asked import row_key
from mainspring.core.numbers import NumberSeries
from mainspring.crm.models import Business, Contact
from mainspring.events.models import Actor
from mainspring.tickets.events import TICKET_OPENED
from mainspring.tickets.models.conversation import Conversation
from mainspring.tickets.models.findable import FOR_STAFF
from mainspring.tickets.models.kinds import StatusKind
from mainspring.tickets.models.message import Draft
from mainspring.tickets.models.people import Participant
from mainspring.tickets.models.status import Status
from mainspring.ui.slots import Viewer

FIRST_NUMBER = 1001


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Viewer) -> "TicketQuerySet":
        """The only door: the tickets this person may know of. A customer's are his, and those he has a seat on."""
        if not person.is_customer:
            return self if person.may("tickets.view") else self.none()
        his = Contact.objects.of_account(person).values("pk")
        seats = Participant.objects.filter(contact__in=his).values("ticket")
        seen = Business.objects.seen_by(person).values("pk")
        return self.filter(models.Q(contact__in=his) | models.Q(pk__in=seats) | models.Q(business__in=seen))

    def unclosed(self) -> "TicketQuerySet":
        return self.filter(is_open=True)

    def waiting(self) -> "TicketQuerySet":
        return self.filter(status__kind=StatusKind.WAITING_CUSTOMER)

    def replied(self) -> "TicketQuerySet":
        return self.filter(status__kind=StatusKind.CUSTOMER_REPLIED)

    def overdue(self) -> "TicketQuerySet":
        return self.unclosed().filter(due_at__lt=timezone.now())

    def found_by(self, words: str) -> "TicketQuerySet":
        """Those that have all these words, internal notes included. For the staff's eyes."""
        return search.within(self, words, kinds=FOR_STAFF)

    def numbered(self, words: str) -> "Ticket | None":
        """The ticket whose number was typed, with or without the # in front."""
        return self.filter(number=row_key(words.strip().removeprefix("#"))).first()

    def with_people(self) -> "TicketQuerySet":
        return self.select_related("status", "contact__business", "business", "device__kind", "assignee")

    def for_page_of(self, person: int) -> "TicketQuerySet":
        """With what the ticket page shows of others' tables in a word: `contacts_joined`, `draft`."""
        place = Concat(Value("ticket:"), Cast(OuterRef("pk"), models.CharField()), Value(":note"))
        joined = Participant.objects.filter(ticket=OuterRef("pk")).order_by().values("ticket")
        return self.with_people().annotate(
            contacts_joined=Coalesce(Subquery(joined.annotate(n=Count("pk")).values("n")), 0),
            draft=Subquery(Draft.objects.filter(person=person, place=place).values("content")[:1]),
        )

    @transaction.atomic(savepoint=False)
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
        ticket.be_found_at_first()
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
            models.Index(fields=["priority", "id"], name="tickets_in_order_of_priority"),
            models.Index(fields=["opened_at", "id"], name="tickets_in_order_of_opening"),
            models.Index(fields=["contact", "-updated_at"], name="tickets_by_contact"),
            models.Index(fields=["business", "-updated_at"], name="tickets_by_business"),
            models.Index(fields=["device", "-updated_at"], name="tickets_by_device"),
            models.Index(
                fields=["due_at", "id"], name="tickets_in_order_of_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["due_at", "id"],
                name="open_tickets_by_due",
                condition=models.Q(is_open=True, due_at__isnull=False),
            ),
            models.Index(Lower("subject"), "id", name="tickets_in_order_of_subject"),
            models.Index(fields=["status", "id"], name="tickets_of_each_status"),
            models.Index(fields=["assignee", "id"], name="tickets_of_each_technician"),
        ]

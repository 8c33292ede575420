"""Telling a ticket's customer something: to whom, in which language, in which thread."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils import translation

from mainspring.core.shop import Shop
from mainspring.crm.models import Contact
from mainspring.events.models import reference
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.tickets.models import Participant, Ticket
from mainspring.tickets.links import ticket_link
from mainspring.tickets.threads import message_id, reply_address


@dataclass
class Telling:
    """A letter about a ticket. `serial` makes it one: told twice under the same serial, it is sent once."""

    ticket: Ticket
    letter: Letter
    serial: str
    words: dict[str, Any] = field(default_factory=dict)
    enclosures: Iterable[Enclosure] = ()
    not_before: datetime | None = None
    automatic: bool = True
    button: tuple[str, str] | None = None

    def readers(self) -> Iterator[Contact]:
        """The customer and the further contacts that get mail; nobody whose mail came back."""
        contacts = [self.ticket.contact] if self.ticket.contact else []
        further = Participant.objects.filter(ticket=self.ticket, gets_mail=True).select_related("contact__business")
        own = Shop.get().email.lower()
        for contact in (*contacts, *(one.contact for one in further)):
            if contact.email and not contact.mail_paused and contact.email.lower() != own:
                yield contact

    def tell(self) -> list[OutgoingMail]:
        posted = []
        for contact in self.readers():
            written = self.letter.write(
                contact.speaks,
                {**self.shared(contact), **self.words},
                button=self.button or (_see(contact.speaks), ticket_link(self.ticket.pk)),
            )
            mail = OutgoingMail.objects.post(
                key=f"{reference(self.ticket)}:{self.serial}:{contact.pk}",
                to=f"{contact.name.replace(',', ' ')} <{contact.email}>",
                subject=written.subject,
                text=written.text,
                html=written.html,
                kind=self.letter.kind,
                stream=reference(self.ticket),
                reply_to=reply_address(self.ticket.pk),
                headers={"References": message_id(self.ticket.pk, "root")},
                enclosures=self.enclosures,
                not_before=self.not_before,
                automatic=self.automatic,
                message_id=message_id(self.ticket.pk, f"{self.serial}-{contact.pk}"),
            )
            posted += [mail] if mail else []
        return posted

    def shared(self, contact: Contact) -> dict[str, Any]:
        """The words every letter about a ticket may use."""
        ticket = self.ticket
        return {
            "number": ticket.number,
            "subject": ticket.subject,
            "customer": contact.name,
            "device": str(ticket.device or ""),
            "status": ticket.status.name.into(contact.speaks),
            "technician": ticket.assignee.name if ticket.assignee else "",
            "due": shown_time(ticket.due_at, contact.speaks) if ticket.due_at else "",
        }


def shown_time(at: datetime, language: str) -> str:
    """A moment in the shop's zone, as its reader writes it."""
    zone = ZoneInfo(Shop.get().time_zone)
    return format_datetime(at, "EEEE, d MMMM y HH:mm", tzinfo=zone, locale=language)


def _see(language: str) -> str:
    with translation.override(language):
        return translation.gettext("See your ticket")

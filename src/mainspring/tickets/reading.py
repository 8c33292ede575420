"""What pages read: a ticket with all that is on its page, a caller with his devices and open tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import QueryDict

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.core.asked import row_key
from mainspring.core.links import link
from mainspring.core.prepared import prepared
from mainspring.crm.models import CONTACT, Contact, Device, contact_standing
from mainspring.files.models import MOST_BYTES
from mainspring.tickets.models import Attachment, Message, PageLink, Participant, Status, Ticket
from mainspring.tickets.slots import (
    Panel,
    Tab,
    beside_ticket,
    message_lines,
    ticket_actions,
    ticket_panels,
    ticket_tabs,
)
from mainspring.tickets.timeline import Timeline

FIRST_TAB = "notes"


@dataclass(frozen=True)
class CallerCard:
    """Who calls, what he owns, and what is open for him."""

    contact: Contact
    devices: list[Device]
    open_tickets: list[Ticket]

    def open_for(self, device: Device) -> list[Ticket]:
        """What is open already for this device."""
        return [ticket for ticket in self.open_tickets if ticket.device_id == device.pk]

    @property
    def open_otherwise(self) -> list[Ticket]:
        """What is open for none of the devices shown."""
        shown = {device.pk for device in self.devices}
        return [ticket for ticket in self.open_tickets if ticket.device_id not in shown]


def callers(words: str, *, limit: int = 8) -> list[Contact]:
    """Contacts that may be meant: part of a name, mistyped even, of a mail address, of a number in any spelling."""
    if len(words.strip()) < 2:
        return []
    hits = search.suggest(words, kinds=[CONTACT], limit=limit)
    found = Contact.objects.select_related("business").in_bulk([hit.id for hit in hits])
    return [found[hit.id] for hit in hits if hit.id in found]


def caller_card(pk: str) -> CallerCard | None:
    """The card of a contact by id; None for anything that is not one."""
    found = contact_standing(row_key(pk))
    if not found:
        return None
    contact = found[0]
    owned = Q(owner=contact)
    theirs = Q(contact=contact)
    if contact.business_id:
        owned |= Q(business_id=contact.business_id)
        theirs |= Q(business_id=contact.business_id)
    return CallerCard(
        contact,
        list(Device.objects.filter(owned).select_related("kind")[:20]),
        list(Ticket.objects.unclosed().filter(theirs).with_people().order_by("-updated_at")[:10]),
    )


@prepared
def ticket_by_number(number: int) -> QuerySet[Ticket]:
    """The ticket of this number, for staff who may see tickets: they see all (`TicketQuerySet.visible_to`)."""
    return Ticket.objects.with_people().filter(number=number)


@prepared
def ticket_of_page(number: int, person: int) -> QuerySet[Ticket]:
    """The same with what its page shows beside it to this person."""
    return Ticket.objects.for_page_of(person).select_related(*beside_ticket.fill()).filter(number=number)


@prepared
def _messages(ticket: int) -> QuerySet[Message]:
    return Message.objects.filter(ticket=ticket).standing().order_by("id")


@prepared
def _attachments(ticket: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(ticket=ticket, removed_at=None).select_related("file")


@prepared
def _earlier(contact: int, but: int) -> QuerySet[Ticket]:
    others = Ticket.objects.filter(contact=contact).exclude(pk=but)
    return others.only("number", "subject").order_by("-updated_at")[:5]


class TicketPage:
    """A ticket as its page shows it. Each property is one query, asked when the template wants it."""

    def __init__(self, ticket: Ticket, person: Person, asked: QueryDict) -> None:
        self.ticket, self.person, self.asked = ticket, person, asked
        self.tabs: list[Tab] = ticket_tabs.fill(ticket, person)
        by_key = {one.key: one for one in self.tabs}
        self.tab: Tab = by_key.get(asked.get("tab", "")) or by_key[FIRST_TAB]
        self.panels: list[Panel] = ticket_panels.fill(ticket, person)
        self.actions: list[Panel] = ticket_actions.fill(ticket, person)

    def key_to(self, tab: Tab) -> str | None:
        """The key that leads from the open tab to its neighbours."""
        return {-1: "[", 1: "]"}.get(self.tabs.index(tab) - self.tabs.index(self.tab))

    @property
    def writes(self) -> str:
        """Which kind of note was asked for by a key on another tab; empty otherwise."""
        wanted = self.asked.get("write", "")
        return wanted if wanted in Message.Kind.values else ""

    most_bytes = MOST_BYTES

    @cached_property
    def attachments(self) -> list[Attachment]:
        return _attachments(self.ticket.pk)

    @cached_property
    def messages(self) -> Sequence[Message]:
        """The conversation in order, each message with its files."""
        messages = _messages(self.ticket.pk)
        files: dict[int | None, list[Attachment]] = {}
        for attachment in self.attachments:
            files.setdefault(attachment.message_id, []).append(attachment)
        for message in messages:
            message.files = files.get(message.pk, [])
        return messages

    @cached_property
    def lines(self) -> dict[int, list[Panel]]:
        """The quiet lines that other modules put under messages."""
        lines: dict[int, list[Panel]] = {}
        for filled in message_lines.fill(self.ticket, self.person, self.messages):
            for key, panel in filled.items():
                lines.setdefault(key, []).append(panel)
        return lines

    @cached_property
    def participants(self) -> list[Participant]:
        return list(Participant.objects.filter(ticket=self.ticket).select_related("contact__business"))

    @cached_property
    def is_mailed(self) -> bool:
        """Whether what is written to the customer goes to anybody by mail."""
        customer = self.ticket.contact
        reaches = customer is not None and customer.is_mailed
        return reaches or (bool(self.counts["contacts"]) and self.ticket.is_mailed())

    @property
    def counts(self) -> dict[str, int]:
        """How many things stand on our own tabs."""
        return {
            "notes": len(self.messages),
            "contacts": getattr(self.ticket, "contacts_joined", 0),
            "attachments": len(self.attachments),
        }

    @cached_property
    def timeline(self) -> Timeline:
        return Timeline(self.ticket, self.person, self.asked)

    @cached_property
    def statuses(self) -> list[Status]:
        return Status.in_order()

    @cached_property
    def people(self) -> list[Person]:
        return Person.objects.colleagues()

    @cached_property
    def earlier(self) -> list[Ticket]:
        """The customer's other tickets, newest first."""
        return _earlier(self.ticket.contact_id, self.ticket.pk) if self.ticket.contact_id else []

    @cached_property
    def public_link(self) -> str:
        """The address of the customer's page as he has it; empty when no mail has brought him one yet."""
        made = PageLink.objects.standing().filter(ticket=self.ticket, contact=self.ticket.contact_id).order_by("-id")
        latest = made.first()
        return link("link_ticket", latest.token) if latest else ""

    @property
    def draft_place(self) -> str:
        return f"ticket:{self.ticket.pk}:note"

    @property
    def draft(self) -> dict[str, str]:
        return getattr(self.ticket, "draft", None) or {}

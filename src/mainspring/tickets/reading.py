"""What pages read: a ticket with all that is on its page, a caller with his devices and open tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact, Device, phone_digits
from mainspring.events.models import Event, reference
from mainspring.tickets.links import ticket_link
from mainspring.tickets.models import Attachment, Message, Participant, Passcode, Status, Ticket
from mainspring.tickets.slots import Panel, Tab, ticket_actions, ticket_panels, ticket_tabs

TIMELINE = 200
BUILTIN = ("notes", "overview", "contacts", "attachments", "timeline")


@dataclass(frozen=True)
class CallerCard:
    """Who calls, what he owns, and what is open for him."""

    contact: Contact
    devices: list[Device]
    open_tickets: list[Ticket]


def callers(words: str, *, limit: int = 8) -> list[Contact]:
    """Contacts that fit what is typed: part of a name, a mail address or a number in any spelling."""
    words = words.replace("\x00", "").strip()
    if len(words) < 2:
        return []
    fits = Q(name__icontains=words) | Q(email__icontains=words) | Q(business__name__icontains=words)
    digits = phone_digits(words)
    if len(digits) >= 4:
        fits |= Q(phone_digits__contains=digits) | Q(
            phone_digits__contains="".join(filter(str.isdigit, words)).lstrip("0")
        )
    return list(Contact.objects.filter(fits).select_related("business").order_by("name")[:limit])


def caller_card(pk: str) -> CallerCard | None:
    """The card of a contact by id; None for anything that is not one."""
    contact = (
        Contact.objects.select_related("business").filter(pk=pk).first() if pk.isdigit() and len(pk) < 18 else None
    )
    if contact is None:
        return None
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


class TicketPage:
    """A ticket as its page shows it. Each property is one query, asked when the template wants it."""

    def __init__(self, ticket: Ticket, person: Person, tab: str) -> None:
        self.ticket, self.person = ticket, person
        self.tabs: list[Tab] = ticket_tabs.fill(ticket, person)
        self.tab = next((one for one in self.tabs if one.key == tab), None)
        self.builtin = tab if tab in BUILTIN else BUILTIN[0]
        self.panels: list[Panel] = ticket_panels.fill(ticket, person)
        self.actions: list[Panel] = ticket_actions.fill(ticket, person)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(Attachment.objects.filter(ticket=self.ticket, removed_at=None).select_related("file"))

    @cached_property
    def messages(self) -> Sequence[Message]:
        """The conversation in order, each message with its files."""
        messages = list(Message.objects.filter(ticket=self.ticket).standing().order_by("id"))
        files: dict[int | None, list[Attachment]] = {}
        for attachment in self.attachments:
            files.setdefault(attachment.message_id, []).append(attachment)
        for message in messages:
            message.files = files.get(message.pk, [])
        return messages

    @cached_property
    def participants(self) -> list[Participant]:
        return list(Participant.objects.filter(ticket=self.ticket).select_related("contact__business"))

    @cached_property
    def timeline(self) -> list[Event]:
        return list(Event.objects.of_stream(reference(self.ticket)).order_by("-id")[:TIMELINE])

    @cached_property
    def statuses(self) -> list[Status]:
        return list(Status.objects.all())

    @cached_property
    def people(self) -> list[Person]:
        return list(Person.objects.working())

    @cached_property
    def earlier(self) -> list[Ticket]:
        """The customer's other tickets, newest first."""
        if self.ticket.contact_id is None:
            return []
        return list(
            Ticket.objects.visible_to(self.person)
            .filter(contact=self.ticket.contact_id)
            .exclude(pk=self.ticket.pk)
            .select_related("status")
            .order_by("-updated_at")[:5]
        )

    @cached_property
    def has_passcode(self) -> bool:
        return Passcode.objects.filter(ticket=self.ticket).exists()

    @property
    def public_link(self) -> str:
        return ticket_link(self.ticket.pk)

    @property
    def draft_place(self) -> str:
        return f"ticket:{self.ticket.pk}:note"

    @cached_property
    def draft(self) -> dict[str, str]:
        found = self.person.drafts.filter(place=self.draft_place).first()
        return found.content if found else {}

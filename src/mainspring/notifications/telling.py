"""Telling a ticket's customers something: to whom, in which language, in which thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from mainspring.core.shop import Shop
from mainspring.crm.models import Contact
from mainspring.events.models import Event, reference
from mainspring.inbox.mailboxes import reply_base
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import Enclosure, OutgoingMail, Pace
from mainspring.outbox.seals import Seal, reply_address
from mainspring.tickets.links import ticket_link
from mainspring.tickets.models import Message, Ticket

Mail = dict[str, Any]
"""The fields of a mail, as `OutgoingMail.objects.post` takes them."""
Enclosed = Callable[[Contact], Iterable[Enclosure]]


def nothing(_reader: Contact) -> Iterable[Enclosure]:
    return ()


@dataclass
class Telling:
    """A letter about a ticket to each of its customers who wants it. Told twice under one `serial`, it is sent once."""

    ticket: Ticket
    letter: Letter
    serial: str
    values: Callable[[Contact], Mapping[str, Any]] = lambda _reader: {}
    enclosed: Enclosed = nothing
    pace: str = Pace.CHOSEN
    not_before: datetime | None = None
    wanted: Callable[[Contact], bool] = lambda _reader: True

    def tell(self) -> None:
        """Write a mail to each reader, and post it."""
        post(self.write())

    def write(self) -> list[Mail]:
        """A mail for each reader, not yet posted: writing takes longer than a transaction should."""
        return [self.mail(reader) for reader in self.ticket.readers() if self.wanted(reader)]

    def mail(self, reader: Contact) -> Mail:
        """The mail to this reader, as `post` takes it."""
        written = self.letter.write(reader.speaks, {**shared_values(self.ticket, reader), **self.values(reader)})
        seal = Seal(reference(self.ticket), f"contact:{reader.pk}")
        base = reply_base()
        return {
            "key": f"{seal.stream}:{self.serial}:{seal.reader}",
            "kind": self.letter.kind,
            "to": [(reader.name, reader.email)],
            "subject": written.subject,
            "text": written.text,
            "html": written.html,
            "reply_to": reply_address(base, seal) if base else "",
            "seal": seal,
            "language": written.language,
            "pace": self.pace,
            "answers": thread_of(self.ticket, reader),
            "not_before": self.not_before,
            "enclosures": [*written.pictures, *self.enclosed(reader)],
        }


def post(mails: Iterable[Mail]) -> None:
    """In the caller's transaction, if there is one. A mail that was posted before is left as it is."""
    for mail in mails:
        OutgoingMail.objects.post(**mail)


def pace_of(event: Event, *, otherwise: str = Pace.AUTOMATIC) -> str:
    """How freely a mail about this event goes out: what one of us did is meant, what came from outside is capped."""
    return Pace.CHOSEN if event.actor.startswith("person:") else otherwise


def shared_values(ticket: Ticket, reader: Contact) -> dict[str, Any]:
    """The names every letter about a ticket may use."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "customer": reader.name,
        "device": str(ticket.device or ""),
        "status": ticket.status.name.into(reader.speaks),
        "technician": ticket.assignee.name if ticket.assignee else "",
        "due": shown_time(ticket.due_at, reader.speaks) if ticket.due_at else "",
        "link": ticket_link(ticket, reader),
    }


def shown_time(at: datetime, language: str) -> str:
    """A moment in the shop's zone, as its reader writes it."""
    zone = ZoneInfo(Shop.get().time_zone)
    return format_datetime(at, "EEEE, d MMMM y HH:mm", tzinfo=zone, locale=language)


def thread_of(ticket: Ticket, reader: Contact) -> list[str]:
    """The Message-IDs by which the reader's program shows one conversation: what he wrote, and what he got."""
    wrote = Message.objects.filter(ticket=ticket, contact=reader, direction=Message.Direction.IN).exclude(message_id="")
    got = OutgoingMail.objects.of_stream(reference(ticket)).to_address(reader.email)
    heard = [(m.written_at, m.message_id) for m in wrote.order_by("-id")[:10]]
    sent = [(m.created_at, m.message_id) for m in got.order_by("-id")[:10]]
    return [message_id for _at, message_id in sorted(heard + sent)]

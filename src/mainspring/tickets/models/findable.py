"""How a ticket is found: by its number, subject and customer, and by all that was said."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import models

from mainspring.core import search
from mainspring.core.search import Entry
from mainspring.tickets.models.message import Message
from mainspring.tickets.models.table import TicketTable

OPENLY = "ticket"
INTERNALLY = "ticket.internal"
"""What only the staff may find a ticket by is kept apart: internal notes, and what strangers wrote."""
FOR_STAFF = (OPENLY, INTERNALLY)


class Findable(TicketTable):
    """Verbs that keep the search true."""

    class Meta:
        abstract = True

    @property
    def title_words(self) -> str:
        return " ".join(str(part) for part in (self.subject, self.contact, self.business, self.device) if part)

    @property
    def keys(self) -> list[str]:
        """What it is asked for by: its number, the customer's phone and mail address, the device's serial number."""
        keys = [str(self.number)]
        if self.contact:
            keys += [self.contact.phone, self.contact.phone_digits, self.contact.email]
        if self.device:
            keys.append(self.device.serial)
        return [key for key in keys if key]

    def be_found(self) -> None:
        """Index all of it: after what stands in its title or keys changed, or a note was taken back."""
        search.forget(INTERNALLY, self.pk)
        search.keep(entries_of([self]))

    def be_found_at_first(self) -> None:
        """Index a ticket that was opened just now: nothing was said on it yet."""
        search.keep([Entry(OPENLY, self.pk, self.title_words, self.description, self.keys)])

    def be_found_by(self, message: Message) -> None:
        """Index what was just said."""
        if message.is_for_staff_only:
            search.append(INTERNALLY, self.pk, f"{self.title_words} {message.text}")
        else:
            search.append(OPENLY, self.pk, message.text)


def entries_of(tickets: Sequence[Findable]) -> Iterator[Entry]:
    """What the tickets are found by, openly and internally; one query for the messages of all."""
    said: dict[int, list[str]] = {}
    kept: dict[int, list[str]] = {}
    for message in Message.objects.standing().filter(ticket__in=[ticket.pk for ticket in tickets]).order_by("id"):
        texts = kept if message.is_for_staff_only else said
        texts.setdefault(message.ticket_id, []).append(message.text)
    for ticket in tickets:
        body = " ".join((ticket.description, *said.get(ticket.pk, ())))
        yield Entry(OPENLY, ticket.pk, ticket.title_words, body, ticket.keys)
        if ticket.pk in kept:
            yield Entry(INTERNALLY, ticket.pk, ticket.title_words, " ".join(kept[ticket.pk]), ticket.keys)


def in_batches(tickets: "models.QuerySet[Findable]", size: int = 500) -> Iterable[list[Findable]]:
    """The tickets in the order of their ids, so many at a time."""
    last = 0
    while batch := list(tickets.filter(pk__gt=last).order_by("pk")[:size]):
        yield batch
        last = batch[-1].pk

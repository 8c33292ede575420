"""Tickets in the search: all of them once more, and those whose customer or device changed."""

from collections.abc import Iterator

from django.db import transaction

from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.crm.events import BUSINESS_CHANGED, CONTACT_CHANGED, DEVICE_CHANGED
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.tickets.models import Ticket
from mainspring.tickets.models.findable import entries_of, in_batches

SHOWN = {"name", "phone", "email", "maker", "model", "serial"}
"""Columns of a customer or device that a ticket is found by."""


@source
def tickets() -> Iterator[Entry]:
    for batch in in_batches(Ticket.objects.with_people()):
        yield from entries_of(batch)


@after_commit(CONTACT_CHANGED, BUSINESS_CHANGED, DEVICE_CHANGED)
def find_tickets_by_what_changed(event: Event) -> None:
    if SHOWN & event.data["changes"].keys():
        kind, _colon, pk = event.subject.partition(":")
        for batch in in_batches(Ticket.objects.with_people().filter(**{kind: pk})):
            with transaction.atomic():
                search.keep(entries_of(batch))

"""The address of a ticket's page for its customer, and the signed name of its date in calendars."""

import re

from mainspring.core.links import link
from mainspring.core.tokens import is_signed, sign
from mainspring.crm.models import Contact
from mainspring.tickets.models import PageLink, Ticket

_UID = re.compile(r"ticket-(\d{1,15})-([a-z2-7]{20})@mainspring")


def ticket_link(ticket: Ticket, reader: Contact) -> str:
    """The address of the ticket's page for this reader. May make a new one: ask in a transaction that writes."""
    return link("link_ticket", PageLink.objects.for_reader(ticket, reader).token)


def calendar_uid(ticket_id: int) -> str:
    """The UID of the ticket's date, the same in each invite (RFC 5545, 3.8.4.7)."""
    return f"ticket-{ticket_id}-{sign('calendar', str(ticket_id))}@mainspring"


def ticket_of_uid(uid: str) -> int | None:
    """The ticket whose date has this UID; None for one that we did not write."""
    found = _UID.fullmatch(uid.strip())
    return int(found[1]) if found and is_signed("calendar", found[1], found[2]) else None

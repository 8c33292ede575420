"""The calendar invite of a ticket's date (RFC 5545, RFC 5546)."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from mainspring.core.shop import Shop
from mainspring.crm.models import Contact
from mainspring.inbox.mailboxes import reply_base
from mainspring.outbox.addresses import one_line
from mainspring.outbox.models import Enclosure
from mainspring.outbox.models.mail import own_sender
from mainspring.tickets.links import calendar_uid
from mainspring.tickets.models import Ticket

LASTS = timedelta(minutes=30)


def invite(ticket: Ticket, reader: Contact, *, at: datetime, sequence: int, cancelled: bool = False) -> Enclosure:
    """The date of a ticket for one reader's calendar: METHOD REQUEST, or CANCEL. The UID stays, SEQUENCE rises."""
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = Calendar()
    calendar.add("prodid", "-//Mainspring//Mainspring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(ticket, reader, at, sequence, cancelled))
    return Enclosure("invite.ics", "text/calendar", calendar.to_ical(), method=method)


def _event(ticket: Ticket, reader: Contact, at: datetime, sequence: int, cancelled: bool) -> Event:
    shop = Shop.get()
    event = Event()
    event.add("uid", calendar_uid(ticket.pk))
    event.add("sequence", sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", at.astimezone(UTC))
    event.add("dtend", (at + LASTS).astimezone(UTC))
    event.add("summary", one_line(f"{shop.name}: #{ticket.number} {ticket.subject}"))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if place := one_line(", ".join(filter(None, (shop.street, shop.city)))):
        event.add("location", place)
    asks = "FALSE" if cancelled else "TRUE"
    event.add("organizer", _person(shop.name, reply_base() or parseaddr(own_sender())[1]), encode=False)
    event.add(
        "attendee",
        _person(reader.name, reader.email, rsvp=asks, partstat="NEEDS-ACTION"),
        encode=False,
    )
    return event


def _person(name: str, address: str, **more: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{one_line(address)}")
    person.params["cn"] = vText(one_line(name).replace('"', "'"))
    person.params.update({key: vText(value) for key, value in more.items()})
    return person

"""The calendar invite of a ticket's date (RFC 5545, RFC 5546)."""

from datetime import datetime, timedelta

from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from mainspring.core.shop import Shop
from mainspring.core.tokens import sign
from mainspring.crm.models import Contact
from mainspring.outbox.addresses import one_line
from mainspring.outbox.models import Enclosure
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
    event.add("uid", f"ticket-{ticket.pk}-{sign('calendar', str(ticket.pk))}@mainspring")
    event.add("sequence", sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", at)
    event.add("dtend", at + LASTS)
    event.add("summary", one_line(f"{shop.name}: #{ticket.number} {ticket.subject}"))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if place := one_line(", ".join(filter(None, (shop.street, shop.city)))):
        event.add("location", place)
    event.add("organizer", _person(shop.name, shop.email or "desk@mainspring.example"), encode=False)
    event.add("attendee", _person(reader.name, reader.email, rsvp="FALSE", partstat="NEEDS-ACTION"), encode=False)
    return event


def _person(name: str, address: str, **more: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{one_line(address)}")
    person.params["cn"] = vText(one_line(name).replace('"', "'"))
    person.params.update({key: vText(value) for key, value in more.items()})
    return person

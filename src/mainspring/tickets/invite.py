"""The calendar invite of a ticket's date (RFC 5545, RFC 5546)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from mainspring.core.shop import Shop
from mainspring.tickets.models import Ticket


def invite(ticket: Ticket, *, cancelled: bool = False) -> bytes:
    """The invite as a calendar with METHOD REQUEST, or CANCEL. Its UID stays, its SEQUENCE rises with each move.

    Times are in UTC. A cancelled one needs no date: it carries the ticket's opening time.
    """
    shop = Shop.get()
    start = ticket.due_at or ticket.opened_at
    event = Event()
    event.add("uid", f"ticket-{ticket.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", ticket.invite_sequence)
    event.add("dtstamp", ticket.updated_at)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=30))
    event.add("summary", " ".join(f"{shop.name}: #{ticket.number} {ticket.subject}".split()))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if shop.street or shop.city:
        event.add("location", ", ".join(filter(None, (shop.street, shop.city))))
    if shop.email:
        organizer = vCalAddress(f"MAILTO:{shop.email}")
        organizer.params["cn"] = vText(shop.name)
        event["organizer"] = organizer
    if ticket.contact and ticket.contact.email:
        attendee = vCalAddress(f"MAILTO:{ticket.contact.email}")
        attendee.params["cn"] = vText(ticket.contact.name)
        attendee.params["rsvp"] = vText("FALSE")
        event.add("attendee", attendee, encode=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Mainspring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    return calendar.to_ical()

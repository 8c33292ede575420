"""What tickets put into the frame, on their own page and on the customers', and before who presses Ctrl/⌘-K."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.crm.models import BUSINESS, DEVICE, Business, Contact, Device
from mainspring.crm.slots import business_panels, contact_panels, device_panels
from mainspring.tickets import permissions
from mainspring.tickets.models import Ticket
from mainspring.tickets.reading import callers
from mainspring.tickets.slots import Chapter, Tab, chapters, ticket_tabs
from mainspring.ui.slots import (
    Entry,
    FirstStep,
    Found,
    Piece,
    SettingsGroup,
    SettingsPage,
    Viewer,
    finders,
    first_steps,
    navigation,
    portal_navigation,
    settings_pages,
)

SHOWN = 20
MOST = 8
FEW = 3


@navigation.add(order=10, permission=permissions.VIEW)
def tickets(person: Viewer) -> Entry:
    return Entry("t", _("Tickets"), reverse("tickets"), "ticket")


@first_steps.add(order=90, permission=permissions.OPEN)
def open_a_ticket(viewer: Viewer) -> FirstStep:
    return FirstStep(
        _("Open the first ticket"),
        _("The next call will do: c opens the form from every page."),
        reverse("new_ticket"),
        Ticket.objects.exists(),
    )


@portal_navigation.add(order=10)
def tickets_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Tickets"), reverse("portal"), "ticket")


@settings_pages.add(order=38, permission=permissions.SETTINGS)
def statuses(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Statuses"),
        reverse("statuses"),
        "progress",
        _("What the statuses are called in each language, and in which order they come."),
        _("names pending parts workflow"),
        SettingsGroup.WORK,
    )


@settings_pages.add(order=42, permission=permissions.SETTINGS)
def customer_pages(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Customers' pages"),
        reverse("customer_pages"),
        "link",
        _("How long the links in mails open a ticket's page."),
        _("link expire portal public page"),
        SettingsGroup.CUSTOMERS,
    )


@ticket_tabs.add(order=10)
def overview(ticket: Ticket, person: Person) -> Tab:
    return Tab("overview", _("Overview"), "tickets/tab_overview.html")


@ticket_tabs.add(order=20)
def notes(ticket: Ticket, person: Person) -> Tab:
    return Tab("notes", _("Notes"), "tickets/tab_notes.html")


@ticket_tabs.add(order=50)
def contacts(ticket: Ticket, person: Person) -> Tab:
    return Tab("contacts", _("Contacts"), "tickets/tab_contacts.html")


@ticket_tabs.add(order=60)
def attachments(ticket: Ticket, person: Person) -> Tab:
    return Tab("attachments", _("Attachments"), "tickets/tab_attachments.html")


@ticket_tabs.add(order=90)
def timeline(ticket: Ticket, person: Person) -> Tab:
    return Tab("timeline", _("Timeline"), "tickets/tab_timeline.html")


@chapters.add(order=10)
def conversation(ticket: Ticket, person: Person) -> Chapter:
    said = ("note.", "mail.", "ticket.customer_replied", "ticket.stranger_", "ticket.message_")
    links = ("ticket.page_links_", "ticket.fresh_link_")
    return Chapter("conversation", _("Conversation"), said + links)


@chapters.add(order=40)
def files(ticket: Ticket, person: Person) -> Chapter:
    return Chapter("files", _("Files"), ("ticket.file_",))


@chapters.add(order=50)
def fields(ticket: Ticket, person: Person) -> Chapter:
    moved = ("ticket.status_", "ticket.opened", "ticket.resolved", "ticket.closed", "ticket.reopened", "ticket.repair_")
    agreed = ("ticket.amended", "ticket.assigned", "ticket.due_", "ticket.date_", "ticket.contact_")
    return Chapter("fields", _("Status and fields"), moved + agreed)


@finders.add(order=10)
def find_tickets(person: Viewer, words: str) -> list[Found]:
    """The ticket of this number first, then those that have the words, the latest first."""
    found = Ticket.objects.visible_to(person).select_related("status")
    numbered = found.numbered(words)
    hits = [*([numbered] if numbered else []), *found.found_by(words).order_by("-updated_at")[:MOST]]
    return [
        Found(f"ticket-{one.number}", str(one), reverse("ticket", args=[one.number]), "ticket", one.status.name)
        for one in dict.fromkeys(hits)
    ]


@finders.add(order=20)
def find_customers(person: Viewer, words: str) -> list[Found]:
    """A caller, for a new ticket; the pages of businesses and devices."""
    if not person.may(permissions.VIEW):
        return []
    new = reverse("new_ticket")
    hits = [hit.id for hit in search.suggest(words, kinds=[BUSINESS], limit=FEW)]
    owned = [hit.id for hit in search.suggest(words, kinds=[DEVICE], limit=FEW)]
    return [
        *(
            Found(f"caller-{one.pk}", one.name, f"{new}?contact={one.pk}", "user", _("New ticket for this caller"))
            for one in callers(words, limit=FEW + 2)
        ),
        *(
            Found(f"business-{one.pk}", one.name, reverse("business", args=[one.pk]), "building", one.city)
            for one in Business.objects.filter(pk__in=hits)
        ),
        *(
            Found(f"device-{one.pk}", str(one), reverse("device", args=[one.pk]), "device-laptop", one.serial)
            for one in Device.objects.filter(pk__in=owned).select_related("kind")
        ),
    ]


@contact_panels.add(order=10)
def tickets_of_contact(contact: Contact, person: Person) -> Piece | None:
    return _tickets(person, contact=contact)


@business_panels.add(order=10)
def tickets_of_business(business: Business, person: Person) -> Piece | None:
    return _tickets(person, business=business)


@device_panels.add(order=10)
def tickets_of_device(device: Device, person: Person) -> Piece | None:
    """Its history: what was wrong with it before."""
    return _tickets(person, device=device)


def _tickets(person: Person, **of: Any) -> Piece | None:
    if not person.may(permissions.VIEW):
        return None
    found = Ticket.objects.visible_to(person).filter(**of).select_related("status").order_by("-updated_at")
    return Piece("tickets/of_customer.html", {"tickets": list(found[:SHOWN])})

"""What mail in puts into others' places."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.inbox import permissions
from mainspring.inbox.models import Mailbox
from mainspring.inbox.reading import filed_as, undelivered
from mainspring.outbox.addresses import own_mailboxes
from mainspring.tickets.models import Message, Ticket
from mainspring.tickets.slots import Panel, message_lines, ticket_panels
from mainspring.ui.slots import FirstStep, SettingsGroup, SettingsPage, Viewer, first_steps, settings_pages


@own_mailboxes.add(order=10)
def mailboxes() -> set[str]:
    return set(Mailbox.objects.values_list("address", flat=True))


@settings_pages.add(order=50, permission=permissions.SETTINGS)
def mailbox_settings(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Mailboxes"),
        reverse("mailboxes"),
        "mailbox",
        _("Which mail becomes tickets and replies: servers, passwords, and whether they can be read."),
        _("mail in imap inbox server password"),
        SettingsGroup.MAIL,
    )


@first_steps.add(order=50, permission=permissions.SETTINGS)
def hear_customers(viewer: Viewer) -> FirstStep:
    return FirstStep(
        _("Name the mailbox that customers write to"),
        _("A new mail becomes a ticket, an answer lands in its own."),
        reverse("mailboxes"),
        Mailbox.objects.exists(),
    )


@message_lines.add(order=10)
def why_here(_ticket: Ticket, person: Person, messages: Sequence[Message]) -> dict[int, Panel] | None:
    """Under a message that came by mail: why it was threaded here, and what can be done about it."""
    may_file = person.may(permissions.FILE)
    return {
        key: Panel("why", "inbox/why.html", {"mail": mail, "may_file": may_file})
        for key, mail in filed_as(list(messages)).items()
    }


@ticket_panels.add(order=90)
def came_back(ticket: Ticket, person: Person) -> Panel | None:
    """Mail to the customer came back: what was said, and the way to go on."""
    contact = ticket.contact
    if contact is None or not contact.mail_paused:
        return None
    context = {"contact": contact, "mail": undelivered(contact.email), "may_file": person.may(permissions.FILE)}
    return Panel("came_back", "inbox/came_back.html", context)

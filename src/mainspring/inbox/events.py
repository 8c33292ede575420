"""What mail in records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

MAIL_FILED = EventKind("mail.filed", _("A mail from {sender} was filed here: {why}"), icon="mail-opened")
MAIL_PARKED = EventKind("mail.parked", _("A mail from {sender} is parked: {why}"), icon="mail-pause")
MAIL_CAME_BACK = EventKind("mail.came_back", _("Mail to {address} came back"), icon="mail-x")
MACHINE_ANSWERED = EventKind("mail.machine_answered", _("{sender} answered automatically"), icon="robot")
LOOP_STOPPED = EventKind("mail.loop_stopped", _("A mail loop with {sender} was stopped"), icon="repeat-off")
MAILBOX_ADDED = EventKind("mailbox.added", _("{who} added the mailbox {name}"), icon="mailbox")
MAILBOX_CHANGED = EventKind("mailbox.changed", _("{who} changed the mailbox {name}"), icon="mailbox")
MAILBOX_REMOVED = EventKind("mailbox.removed", _("{who} removed the mailbox {name}"), icon="mailbox-off")

"""What mail in records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

MAIL_FILED = EventKind("mail.filed", _("A mail from {sender} was filed here: {why}"), icon="mail-opened")
MAIL_PARKED = EventKind("mail.parked", _("A mail from {sender} is parked: {why}"), icon="mail-pause")
MAIL_LEFT = EventKind("mail.left", _("A mail from {sender} is too large and stays in {name}"), icon="mail-pause")
LEFT_MAIL_SETTLED = EventKind(
    "mail.left_settled", _("{who} dealt with a mail from {sender} that was too large"), icon="mail-check"
)
MAIL_TAKEN = EventKind("mail.taken", _("{who} took a mail from {sender} as it came"), icon="download")
MAIL_DISCARDED = EventKind("mail.discarded", _("{who} discarded a mail from {sender}"), icon="mail-off")
MAIL_TAKEN_UP = EventKind("mail.taken_up", _("{who} took up a mail from {sender} again"), icon="mail-opened")
MAIL_CAME_BACK = EventKind("mail.came_back", _("Mail to {address} came back"), icon="mail-x")
MAIL_COMPLAINED = EventKind("mail.complained", _("{address} reported our mail as unwanted"), icon="mail-x")
CALENDAR_ANSWERED = EventKind("ticket.date_answered", _("{sender} answered the date: {answer}"), icon="calendar-event")
MACHINE_ANSWERED = EventKind("mail.machine_answered", _("{sender} answered automatically"), icon="robot")
REPLY_REFUSED = EventKind("mail.reply_refused", _("A reply by mail of {name} was refused"), icon="mail-x")
LOOP_STOPPED = EventKind("mail.loop_stopped", _("A mail loop with {sender} was stopped"), icon="repeat-off")
MAILBOX_ADDED = EventKind("mailbox.added", _("{who} added the mailbox {name}"), icon="mailbox")
MAILBOX_CHANGED = EventKind("mailbox.changed", _("{who} changed the mailbox {name}"), icon="mailbox")
MAILBOX_REMOVED = EventKind("mailbox.removed", _("{who} removed the mailbox {name}"), icon="mailbox-off")

"""What the outbox records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

MAIL_SENT = EventKind("mail.sent", _("Mail to {to}: {subject}"), icon="mail-forward")
MAIL_FAILED = EventKind("mail.failed", _("Mail to {to} could not be sent: {subject}"), icon="mail-x")
MAIL_HELD = EventKind("mail.held", _("Mail to {to} was held back: {why}"), icon="mail-pause")
MAIL_CANCELLED = EventKind("mail.cancelled", _("{who} stopped the mail to {to}: {subject}"), icon="mail-off")
MAIL_SENT_AGAIN = EventKind("mail.sent_again", _("{who} sent the mail to {to} again: {subject}"), icon="mail-forward")
MAIL_TRIED = EventKind("mail.tried", _("{who} sent himself a mail, to try it"), icon="mail-forward")
TEMPLATE_CHANGED = EventKind("mail_template.changed", _("{who} changed the mail text {name}"), icon="template")

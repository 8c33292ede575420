"""The embedded default: mail is kept and shown on a page instead of sent."""

import secrets
from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from mainspring.outbox.models import OutgoingMail, Pace
from mainspring.outbox.seals import message_id


class ShownBackend(BaseEmailBackend):
    """Takes every mail. One of the outbox is shown as its own row; any other (a password reset) becomes a row."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if hasattr(message, "outgoing_mail"):
                message.message()  # a mail that could not be built would not be sent either
            else:
                keep(message)
        return len(email_messages)


def keep(message: EmailMessage) -> OutgoingMail:
    """A mail that Django itself sent, as a row of the outbox, sent already."""
    pages = [content for content, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    return OutgoingMail.objects.create(
        key=f"sent:{secrets.token_hex(12)}",
        kind="django",
        address=parseaddr((message.to or [""])[0])[1].lower(),
        to=list(message.to),
        cc=list(message.cc),
        sender=message.from_email,
        subject=message.subject[:255],
        text=str(message.body),
        html=str(pages[0]) if pages else "",
        pace=Pace.HAND,
        state=OutgoingMail.State.SENT,
        message_id=message_id(None),
        sent_at=timezone.now(),
    )

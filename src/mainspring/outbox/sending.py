"""The task that sends one mail. It may run twice; the mail leaves once, or twice under the same Message-ID."""

import smtplib
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mainspring.events.tasks import Retry
from mainspring.outbox.events import MAIL_FAILED, MAIL_SENT
from mainspring.outbox.models import OutgoingMail

BACK_OFF = [timedelta(seconds=s) for s in (30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
LOOP_HEADER = "X-Mainspring-Loop"


@task()
def send_mail(pk: int) -> None:
    """Send it, unless it left, was stopped, or an earlier one of its story still waits (the order is kept)."""
    mail = OutgoingMail.objects.get(pk=pk)
    if mail.state not in (OutgoingMail.State.WAITING, OutgoingMail.State.SENDING):
        return
    if OutgoingMail.objects.waiting().filter(stream=mail.stream, pk__lt=pk).exclude(stream="").exists():
        raise Retry(timedelta(seconds=2))
    OutgoingMail.objects.filter(pk=pk).update(state=OutgoingMail.State.SENDING, attempts=mail.attempts + 1)
    try:
        as_message(mail).send()
    except Exception as error:
        _failed(mail, error)
    else:
        with transaction.atomic():
            OutgoingMail.objects.filter(pk=pk).update(state=OutgoingMail.State.SENT, sent_at=timezone.now(), error="")
            mail.tell(MAIL_SENT)


def as_message(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as Django sends it: text, HTML, enclosures, its fixed Message-ID and the header that ends loops."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=[mail.to],
        cc=mail.cc,
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            **mail.headers,
            **(AUTOMATIC if mail.is_automatic else {}),
            LOOP_HEADER: mail.key,
            "Message-ID": mail.message_id,
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for part in mail.parts.all():
        message.attach(part.name, bytes(part.content), part.type)
    return message


def _failed(mail: OutgoingMail, error: Exception) -> None:
    """Once more later, or failed for good and visible: a refusal for good (5xx), or the last try."""
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _words in error.recipients.values()
    )
    words = f"{type(error).__name__}: {error}"[:2000]
    last = mail.attempts >= len(BACK_OFF)
    if refused or last:
        with transaction.atomic():
            OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.FAILED, error=words)
            mail.tell(MAIL_FAILED)
    else:
        OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.WAITING, error=words)
        raise Retry(BACK_OFF[mail.attempts]) from error

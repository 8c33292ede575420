"""The task that sends a mail."""

from django.utils import timezone
from django_tasks import task

from mainspring.outbox.models import OutgoingMail
from mainspring.outbox.sending import Refused, deliver, in_words


@task()
def send(mail_id: int) -> None:
    """Send the mail if it is due and nobody else sends it. Run again, it changes nothing: once sent is sent."""
    mail = OutgoingMail.objects.claim(mail_id)
    if mail is None:
        come_back(mail_id)
    else:
        try:
            provider_id = deliver(mail)
        except Refused as refusal:
            mail.failed(str(refusal))
        except Exception as error:
            mail.try_later(in_words(error))
        else:
            mail.was_sent(provider_id=provider_id)


def come_back(mail_id: int) -> None:
    """Not ours to send now. Come again when the claim of a sender that may have died is over, or when it is due.

    A mail that waits for an earlier one to the same reader is called by that one.
    """
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is not None and mail.state == OutgoingMail.State.SENDING and mail.claimed_until:
        send.using(run_after=mail.claimed_until).enqueue(mail_id)
    elif mail is not None and mail.state == OutgoingMail.State.WAITING and mail.not_before > timezone.now():
        mail.enqueue()

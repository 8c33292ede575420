"""Our mail that came back: shown on its ticket; for good, the address gets no more of it."""

from typing import Any

from anymail.signals import EventType
from django.db import models, transaction

from mainspring.crm.models import Contact
from mainspring.events.models import record, reference
from mainspring.inbox.events import MAIL_CAME_BACK, MAIL_COMPLAINED
from mainspring.outbox.models import OutgoingMail

LASTING = (EventType.BOUNCED, EventType.REJECTED)


@transaction.atomic
def came_back(mail: OutgoingMail, *, told_by: models.Model, reason: str, permanent: bool) -> None:
    """Somebody told that this mail did not arrive."""
    data = {"address": mail.address, "reason": reason, "permanent": permanent}
    record(MAIL_CAME_BACK, told_by, by=None, stream=mail.stream or reference(mail), data=data)
    if permanent:
        mail.came_back(reason or "The mail came back.")
        pause(mail.address)


def pause(address: str) -> None:
    for contact in Contact.objects.standing().filter(email__iexact=address.strip()):
        contact.amend(by=None, mail_paused=True)


@transaction.atomic
def reported(event: Any) -> None:
    """What a provider tells of a mail of ours. Opened, clicked, delivered: not of our business."""
    mail = OutgoingMail.objects.of_provider(event.message_id, event.recipient or "")
    reason = str(event.mta_response or event.description or event.reject_reason or event.event_type)[:500]
    if mail is None:
        return
    elif event.event_type in (*LASTING, EventType.DEFERRED):
        came_back(mail, told_by=mail, reason=reason, permanent=event.event_type in LASTING)
    elif event.event_type == EventType.FAILED:
        mail.came_back(reason)
    elif event.event_type == EventType.COMPLAINED:
        record(MAIL_COMPLAINED, mail, by=None, stream=mail.stream or reference(mail), data={"address": mail.address})
        pause(mail.address)

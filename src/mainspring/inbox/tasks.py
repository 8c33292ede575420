"""The task that files a mail."""

import traceback

from django.db import InterfaceError, OperationalError
from django.db.models import F
from django_tasks import task

from mainspring.inbox.filing import Filing
from mainspring.inbox.models import ReceivedMail

MOST_ATTEMPTS = 3
"""So often a mail may take its worker down with it before it is set aside."""


@task()
def file_mail(pk: int) -> None:
    """File the mail, once however often this runs."""
    received = ReceivedMail.objects.select_related("mailbox").filter(pk=pk, state=ReceivedMail.State.WAITING).first()
    if received is not None:
        file_in_order(received)


def file_in_order(received: ReceivedMail) -> None:
    """File what comes before it, then the mail. Its own fault is kept with it, the database's is retried.

    An attempt counts while the mail is read, which is what its bytes can break: a worker that dies later, or twice
    over the same mail by chance, is not the mail's doing.
    """
    waiting = ReceivedMail.objects.filter(pk=received.pk, state=ReceivedMail.State.WAITING)
    if received.attempts >= MOST_ATTEMPTS:
        received.failed("The worker ended three times while it read this mail.")
    elif waiting.update(attempts=F("attempts") + 1):
        try:
            filing = Filing.read(received)
            waiting.update(attempts=0)
            for earlier in filing.predecessors():
                file_in_order(earlier)
            filing.file()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            received.failed(traceback.format_exc())

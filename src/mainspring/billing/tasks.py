"""What billing does by the clock: ask again what was not heard, and check every night that the money adds up."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from mainspring.billing.conservation import check_books
from mainspring.billing.gateways import gateways
from mainspring.billing.gateways.base import Gateway, GatewayDown, GatewayRefused, Word
from mainspring.billing.hearing import hear, understand, understandable
from mainspring.billing.models import Attempt, GatewayCall, PayBack, SentForm
from mainspring.billing.paying import offered
from mainspring.events.tasks import every

log = logging.getLogger(__name__)

GIVEN_UP = timedelta(days=7)
LOOKED_BACK = timedelta(days=10)
"""Longer than a provider tries to tell us."""
MOST = 200
FORMS_KEPT = timedelta(days=30)
"""How long a form of money that was sent is known: nobody sends a page of last month again."""


@every(minutes=5)
@task()
def understand_waiting() -> None:
    """Calls that were kept and not understood: a crash came between, or their payment was not known yet."""
    for pk in understandable():
        understand(GatewayCall.objects.get(pk=pk))


@every(hours=1)
@task()
def ask_about_open_attempts() -> None:
    """Ask the providers about what was started and not heard of: a webhook may be lost."""
    now = timezone.now()
    states = [Attempt.State.STARTED, Attempt.State.PENDING]
    waiting = Attempt.objects.filter(state__in=states, started_at__lt=now - timedelta(minutes=10))
    for attempt in waiting.order_by("started_at")[:MOST]:
        if attempt.started_at < now - GIVEN_UP:
            attempt.become(Attempt.State.EXPIRED)
        else:
            look(attempt)


@every(hours=6)
@task()
def ask_about_refunds() -> None:
    """Ask the providers what they paid back lately, and what became of refunds that were on their way.

    Who refunds at the provider's own page tells us only by a webhook, and a webhook may be lost.
    """
    since = timezone.now() - LOOKED_BACK
    for gateway in offered():
        _hear_all(gateway, lambda gateway=gateway: gateway.paid_back_since(since))  # type: ignore[misc]
    late = PayBack.objects.filter(state=PayBack.State.PENDING, asked_at__lt=since).exclude(external_id="")
    for back in late.select_related("payment", "held").order_by("asked_at")[:MOST]:
        if back.source.gateway in gateways:
            gateway = gateways[back.source.gateway]()
            _hear_all(gateway, lambda gateway=gateway, back=back: [gateway.look_at(back)])  # type: ignore[misc]


def _hear_all(gateway: Gateway, ask: Callable[[], Sequence[Word | None]]) -> None:
    """Book what the provider answers; nothing when it can't be asked."""
    try:
        words = ask()
    except (GatewayDown, GatewayRefused) as error:
        log.warning("%s could not be asked: %s", gateway.label, error)
    else:
        for word in words:
            if word is not None:
                hear(gateway.name, word)


@task()
def ask_about(pk: int) -> None:
    """Ask the provider how one attempt stands, after it said that something moved. Raises when it can't be asked."""
    attempt = Attempt.objects.get(pk=pk)
    gateway = gateways[attempt.gateway]()
    for word in gateway.look(attempt):
        hear(gateway.name, word)


def look(attempt: Attempt) -> None:
    """Book what the provider says now of one attempt; nothing when it can't be asked."""
    if attempt.gateway in gateways and attempt.external_id:
        gateway = gateways[attempt.gateway]()
        _hear_all(gateway, lambda: gateway.look(attempt))


@every(hours=24)
@task()
def check_money() -> None:
    check_books()


@every(hours=24)
@task()
def forget_sent_forms() -> None:
    SentForm.objects.filter(at__lt=timezone.now() - FORMS_KEPT).delete()

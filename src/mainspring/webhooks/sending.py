"""Sending: a durable task a delivery, signed anew at each try, with longer and longer pauses between them."""

import json
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django_tasks import task

from mainspring.core.outgoing import FAULTS, NoAddress, explained, post
from mainspring.core.shop import Shop
from mainspring.events.models import Actor, Event, record
from mainspring.events.tasks import Retry, every
from mainspring.tickets.models import Ticket
from mainspring.webhooks import letters
from mainspring.webhooks.events import HOOK_REPLAYED, HOOK_TESTED
from mainspring.webhooks.models import Delivery, Hook, Try
from mainspring.webhooks.public import TEST
from mainspring.webhooks.signing import HEADER, signature

PAUSES = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
]
SECONDS = 10.0
MOST_READ = 2000
KEEP = timedelta(days=30)


def tell(hook: Hook, kind: str, event: Event | None = None) -> Delivery:
    """Have a hook told of something, as soon as the act is committed."""
    with transaction.atomic():
        delivery = Delivery.objects.create(hook=hook, kind=kind, event=event, next_at=timezone.now())
        deliver.enqueue(delivery.pk)
        return delivery


@transaction.atomic
def test(hook: Hook, *, by: Actor) -> Delivery:
    """Have it told of nothing, to see whether it hears."""
    record(HOOK_TESTED, hook, by=by, data={"host": hook.host})
    return tell(hook, TEST)


@transaction.atomic
def replay(delivery: Delivery, *, by: Actor) -> None:
    """Send it once more, from the first try: the same bytes under the same key."""
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WAITING, tries=0, next_at=timezone.now(), delivered_at=None
    )
    deliver.enqueue(delivery.pk)
    record(HOOK_REPLAYED, delivery.hook, by=by, data={"host": delivery.hook.host, "kind": delivery.kind})


@task()
def deliver(pk: int) -> None:
    """One try; the next after a pause, until it is answered with 2xx or given up.

    A worker that is killed after sending sends again: the receiver knows it by its key.
    """
    delivery = Delivery.objects.select_related("hook", "event").get(pk=pk)
    hook = delivery.hook
    if delivery.state != Delivery.State.WAITING:
        return
    elif not hook.is_on and delivery.event is not None:
        _give_up(delivery)
        return
    tried = _try(delivery, _body(delivery))
    if tried.is_success:
        _delivered(delivery, tried)
    else:
        _failed(delivery, tried)


def _body(delivery: Delivery) -> bytes:
    """What is told, written once: every try sends the same bytes."""
    if not delivery.body:
        delivery.body = json.dumps(told(delivery), cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
        delivery.save(update_fields=["body"])
    return delivery.body.encode()


def told(delivery: Delivery) -> dict[str, Any]:
    """What a receiver gets: what happened, to what, who did it, and where to read the rest."""
    event = delivery.event
    shown: dict[str, Any] = {"id": str(delivery.key), "kind": delivery.kind, "api": f"{settings.BASE_URL}/api/v1"}
    if event is None:
        return {**shown, "order": 0, "at": delivery.made_at, "says": "It works.", "data": {}}
    kind, _colon, stream = event.stream.partition(":")
    number = (
        Ticket.objects.filter(pk=int(stream)).values_list("number", flat=True).first() if kind == "ticket" else None
    )
    with translation.override(Shop.get().language):
        says = str(event)
    return {
        **shown,
        "order": event.pk,
        "at": event.at,
        "says": says,
        "actor": {"key": event.actor, "name": event.actor_name},
        "subject": event.subject,
        "ticketNumber": number,
        "data": event.data,
    }


def _try(delivery: Delivery, body: bytes) -> Try:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Mainspring-Webhooks/1",
        "Mainspring-Event": delivery.kind,
        "Mainspring-Delivery": str(delivery.key),
        HEADER: signature(body, delivery.hook.secrets, at=int(time.time())),
    }
    tried = Try(delivery=delivery, sent_headers=headers)
    began = time.monotonic()
    try:
        answer = post(delivery.hook.url, body, headers, seconds=SECONDS, most=MOST_READ)
    except (NoAddress, *FAULTS) as error:
        tried.error = explained(error)[:300]
    else:
        tried.status = answer.status
        tried.answer = answer.body.decode("utf-8", "replace").replace("\x00", "")
    tried.took_ms = int((time.monotonic() - began) * 1000)
    return tried


@transaction.atomic
def _delivered(delivery: Delivery, tried: Try) -> None:
    tried.save()
    delivery.state, delivery.delivered_at, delivery.next_at = Delivery.State.DELIVERED, timezone.now(), None
    delivery.tries += 1
    delivery.save(update_fields=["state", "delivered_at", "next_at", "tries"])
    delivery.hook.note_success()


def _failed(delivery: Delivery, tried: Try) -> None:
    """Wait longer each time. A hook that fails for days is switched off, and its owner hears of it."""
    with transaction.atomic():
        tried.save()
        delivery.tries += 1
        is_last = delivery.tries > len(PAUSES) or delivery.event is None
        delivery.next_at = None if is_last else timezone.now() + PAUSES[delivery.tries - 1]
        delivery.state = Delivery.State.GIVEN_UP if is_last else Delivery.State.WAITING
        delivery.save(update_fields=["tries", "next_at", "state"])
        if delivery.event is not None and delivery.hook.note_failure():
            letters.say_switched_off(delivery.hook, str(tried))
    if not is_last:
        raise Retry(PAUSES[delivery.tries - 1])


def _give_up(delivery: Delivery) -> None:
    """The hook was switched off or removed meanwhile."""
    delivery.state, delivery.next_at = Delivery.State.GIVEN_UP, None
    delivery.save(update_fields=["state", "next_at"])


@every(hours=24)
@task()
def forget_old_deliveries() -> None:
    """The log is kept for a month."""
    old = Delivery.objects.filter(made_at__lt=timezone.now() - KEEP).exclude(state=Delivery.State.WAITING)
    old.delete()
    Hook.objects.filter(removed_at__isnull=False, deliveries=None).delete()

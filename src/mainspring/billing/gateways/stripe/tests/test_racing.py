"""A payment is booked once, however its news come: thrice, in no order, forged, and with the customer coming back."""

import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from mainspring.billing.events import PAYMENT_RECEIVED
from mainspring.billing.gateways import StripeGateway
from mainspring.billing.gateways.stripe.tests.conftest import fee
from mainspring.billing.models import Attempt, CreditEntry, GatewayAccount, GatewayCall, Invoice, Payment
from mainspring.billing.paying import pay_token, start
from mainspring.events.models import Event
from stripe_double import SECRET, Json, StripeDouble, deliver, deliveries
from world import World, build_world

PAYMENTS, FORGED, WORKERS = 100, 100, 8


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def paid_at_stripe(world: World, account: GatewayAccount, double: StripeDouble) -> dict[str, Invoice]:
    """Invoices whose checkouts were paid at the provider, of which we know nothing yet; by their pay links' tokens."""
    invoices = {pay_token(invoice): invoice for invoice in (fee(world) for _ in range(PAYMENTS))}
    for invoice in invoices.values():
        double.pay(start([invoice], StripeGateway()).external_id)
    return invoices


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    """Do them all, several at a time, each worker on connections of its own."""

    def run(act: Callable[[], int]) -> int:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, acts))


def come_back(server: LiveServer, token: str) -> int:
    with urllib.request.urlopen(f"{server.url}/pay/{token}?back=1", timeout=60) as answer:
        return int(answer.status)


def hook(server: LiveServer, event: Json, secret: str = SECRET) -> int:
    return deliver(f"{server.url}/hooks/stripe", event, secret=secret)


def forged(server: LiveServer, event: Json, secret: str) -> int:
    """The answer to news signed with another secret, told apart from true ones by a thousand."""
    return hook(server, event, secret) + 1000


def test_every_payment_is_booked_once_while_forged_news_are_refused(
    live_server: LiveServer, paid_at_stripe: dict[str, Invoice], double: StripeDouble
) -> None:
    random, events = Random(63), list(double.events)
    true: list[Callable[[], int]] = [partial(hook, live_server, event) for event in deliveries(events, random)]
    back: list[Callable[[], int]] = [partial(come_back, live_server, token) for token in paid_at_stripe]
    false: list[Callable[[], int]] = [
        partial(forged, live_server, {**event, "id": f"evt_forged_{n}"}, f"whsec_{n}")
        for n, event in enumerate(random.choices(events, k=FORGED))
    ]
    acts = true + back + false
    random.shuffle(acts)
    answers = at_once(acts)
    assert sorted(set(answers)) == [200, 1400], "true news are taken, forged ones refused"
    assert answers.count(1400) == FORGED
    assert Payment.objects.count() == Payment.objects.values("invoice").distinct().count() == PAYMENTS
    assert set(Attempt.objects.values_list("state", flat=True)) == {Attempt.State.PAID}
    assert not Invoice.objects.exclude(standing__balance=0).exists() and not CreditEntry.objects.exists()
    assert Event.objects.filter(kind=PAYMENT_RECEIVED.name).count() == PAYMENTS
    assert sorted(GatewayCall.objects.values_list("event_id", flat=True)) == sorted(one["id"] for one in events)
    assert not GatewayCall.objects.filter(is_waiting=True).exists()

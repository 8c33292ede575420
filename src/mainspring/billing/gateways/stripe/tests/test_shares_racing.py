"""Payments of several invoices, told thrice and at once, forged, while cash comes in and credit notes go out."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest
import requests
from django.db.models import Count, Sum
from pytest_django.live_server_helper import LiveServer

from mainspring.billing.conservation import differences
from mainspring.billing.gateways import StripeGateway
from mainspring.billing.gateways.stripe.tests.test_racing import at_once, hook
from mainspring.billing.issuing import credit
from mainspring.billing.models import Attempt, CreditEntry, GatewayAccount, GatewayCall, Invoice, Payment
from mainspring.billing.paying import start
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import bill, repair, sign_in
from stripe_double import StripeDouble, deliveries
from world import World, build_world

GROUPS, FORGED = 24, 48


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def test_every_share_is_booked_once_whatever_happens_meanwhile(
    live_server: LiveServer, world: World, account: GatewayAccount, double: StripeDouble
) -> None:
    """Of each three invoices all are paid by one payment, and two of them by another: what came twice is credit."""
    random, service, keys = Random(7), repair(world, "30"), []
    groups = [[bill(world, service, world.carol) for _ in range(3)] for _ in range(GROUPS)]
    for group in groups:
        for chosen in (group, list(reversed(group[:2]))):
            attempt = start(chosen, StripeGateway())
            double.pay(attempt.external_id)
            keys.append(attempt.key)
    cookies = {"sessionid": sign_in(world.carol).cookies["sessionid"].value}

    def come_back(key: str) -> int:
        return requests.get(
            f"{live_server.url}/portal/invoices/payments/{key}?back=1", cookies=cookies, timeout=60
        ).status_code

    def pay_cash(invoice: Invoice) -> int:
        settle(invoice, Decimal(11), method="cash", by=world.fay)
        return 200

    def take_back(invoice: Invoice) -> int:
        credit(invoice, Decimal(5), reason="Scratched", by=world.bill)
        return 200

    def forge(event: dict[str, Any], number: int) -> int:
        """Told apart from what is refused otherwise by a thousand."""
        return hook(live_server, {**event, "id": f"evt_forged_{number}"}, secret=f"whsec_{number}") + 1000

    events = list(double.events)
    acts: list[Callable[[], int]] = [partial(hook, live_server, one) for one in deliveries(events, random)]
    acts += [partial(come_back, key) for key in keys]
    acts += [partial(pay_cash, group[0]) for group in groups]
    acts += [partial(take_back, group[2]) for group in groups]
    acts += [partial(forge, event, number) for number, event in enumerate(random.choices(events, k=FORGED))]
    random.shuffle(acts)
    answers = at_once(acts)
    assert sorted(set(answers)) == [200, 1400] and answers.count(1400) == FORGED
    booked = Payment.objects.filter(gateway="stripe")
    assert booked.count() == GROUPS * 5 and booked.aggregate(sum=Sum("amount"))["sum"] == GROUPS * 150
    assert not booked.values("gateway_ref", "invoice").annotate(times=Count("id")).filter(times__gt=1).exists()
    assert set(Attempt.objects.values_list("state", flat=True)) == {Attempt.State.PAID}
    assert not Invoice.objects.exclude(standing__balance=0).exists()
    assert CreditEntry.objects.aggregate(sum=Sum("amount"))["sum"] == GROUPS * (60 + 11 + 5)
    assert not GatewayCall.objects.filter(is_waiting=True).exists() and differences() == []

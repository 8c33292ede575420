"""A shop that takes payments by Stripe's double."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import LazySettings

from mainspring.billing.models import GatewayAccount, Invoice
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service
from stripe_double import KEY, SECRET, StripeDouble, stripe_double
from world import World


@pytest.fixture
def double(settings: LazySettings) -> Iterator[StripeDouble]:
    with stripe_double() as running:
        settings.STRIPE_API = running.url
        settings.TEST_PAYMENTS = False
        yield running


@pytest.fixture
def account(world: World, double: StripeDouble) -> GatewayAccount:
    account = GatewayAccount.of("stripe")
    account.put(is_on=True, by=world.ada, key=KEY, webhook_secret=SECRET)
    return account


@pytest.fixture
def invoice(world: World, account: GatewayAccount) -> Invoice:
    """A diagnostic's invoice over 10."""
    return fee(world)


def fee(world: World, price: str = "10") -> Invoice:
    ticket = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)
    service = Service.objects.create(
        name=Translated(en="Diagnostic"), billing="flat", price=Decimal(price), tax=TaxRate.objects.get(percent=0),
        is_diagnostic=True,
    )  # fmt: skip
    add_service(ticket, service, by=world.fay)
    assert Shop.get().currency == "USD"
    return Invoice.objects.select_related("standing", "ticket", "contact").get(ticket=ticket)

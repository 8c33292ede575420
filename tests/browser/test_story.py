"""The whole job in a real browser: from the call to the closed, paid ticket."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from mainspring.billing.models import Invoice
from mainspring.billing.paying import pay_link
from mainspring.core.text import Translated
from mainspring.events.worker import Worker
from mainspring.inventory.models import Product
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import StatusKind, Ticket
from mainspring.work.models import DiagnosticRule, Service
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


def stock_and_catalogue(world: World) -> None:
    diagnostic = Service.add(
        by=world.max, name=Translated(en="Diagnostic"), billing="flat", price=Decimal(10), tax=world.exempt,
        is_diagnostic=True,
    )  # fmt: skip
    DiagnosticRule.set_for(None, diagnostic, by=world.max)
    Service.add(by=world.max, name=Translated(en="Repair"), billing="flat", price=Decimal(30), tax=world.exempt)
    product = Product.objects.add(
        by=world.max, sku="RM2-2555", barcode="4006381333931", name="Fuser kit", price=Decimal(50), cost=Decimal(31),
        tax=world.exempt,
    )  # fmt: skip
    product.receive(4, by=world.max, reason="delivery")


def pay_by_link(page: Page, invoice: Invoice, server: str) -> None:
    """The customer opens the link of the mail and pays with the test provider."""
    page.goto(server + re.sub(r"^https?://[^/]+", "", pay_link(invoice)))
    with page.expect_navigation():
        page.get_by_role("button", name="Pay now").click()
    page.goto(server + re.sub(r"^https?://[^/]+", "", page.url))
    page.get_by_role("button", name="Pay").click()


def test_from_the_call_to_the_closed_paid_ticket(
    world: World, sit_down: Callable[..., Page], live_server: object, settings: LazySettings
) -> None:
    settings.TEST_PAYMENTS = True
    settings.BASE_URL = str(live_server)
    stock_and_catalogue(world)
    desk = sit_down(world.tess)

    desk.goto(f"{live_server}/psa/tickets/new")
    desk.get_by_role("combobox", name="Phone number").press_sequentially("555-0142")
    desk.get_by_role("option", name="Carol Mizrahi").click()
    desk.get_by_label("HP M404n").check()
    desk.get_by_label("What is wrong?", exact=True).fill("Printer prints blank pages")
    desk.get_by_role("button", name="Open the ticket").click()
    expect(desk.get_by_role("heading", name="Printer prints blank pages")).to_be_visible()

    ticket = Ticket.objects.get()
    assert ticket.contact == world.carol and ticket.device == world.printer
    Worker().run_all()
    confirmation = OutgoingMail.objects.get()
    assert confirmation.address == "carol@acme.example" and f"#{ticket.number}" in confirmation.text

    customer = sit_down()
    fee = Invoice.objects.select_related("standing").get()
    pay_by_link(customer, fee, str(live_server))
    expect(customer.get_by_text("Paid. Thank you.")).to_be_visible()

    desk.goto(f"{live_server}/psa/tickets/{ticket.number}/?tab=services")
    desk.get_by_role("combobox").first.press_sequentially("Repair")
    desk.get_by_role("option", name="Repair").click()
    desk.get_by_role("button", name="Add").first.click()
    expect(desk.locator(".bill-total")).to_contain_text("$20.00")
    desk.goto(f"{live_server}/psa/tickets/{ticket.number}/?tab=parts")
    desk.get_by_role("combobox").first.press_sequentially("Fuser")
    desk.get_by_role("option", name="Fuser kit").click()
    desk.get_by_role("button", name="Use").first.click()
    expect(desk.locator(".bill-total")).to_contain_text("$70.00")
    assert Product.objects.get().on_hand == 3

    desk.goto(f"{live_server}/psa/tickets/{ticket.number}/")
    desk.get_by_role("button", name="Resolve & invoice").click()
    expect(desk.get_by_text("is resolved")).to_be_visible()
    final = Invoice.objects.select_related("standing").get(purpose=Invoice.Purpose.FINAL)
    assert final.total == 70

    pay_by_link(customer, final, str(live_server))
    expect(customer.get_by_text("Paid. Thank you.")).to_be_visible()
    ticket = Ticket.objects.get()
    assert ticket.status.kind == StatusKind.CLOSED
    Worker().run_all()
    assert OutgoingMail.objects.filter(kind__contains="invoice").exists()

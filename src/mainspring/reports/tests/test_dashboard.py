"""Every figure of the dashboard is the count of the list that it leads to."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.listing import InvoiceList
from mainspring.billing.models import Invoice, Payment
from mainspring.billing.settling import settle
from mainspring.inventory.listing import ProductList
from mainspring.inventory.models import Product
from mainspring.reports.dashboard import LINES, Dashboard
from mainspring.reports.revenue import MONTHS, Month, PaymentList, last_months
from mainspring.tickets.listing import TicketList
from mainspring.tickets.models import Status, StatusKind, Ticket
from mainspring.work.models import Service, ServiceCategory, add_service
from world import World

SignIn = Callable[[Person], Client]


def open_ticket(world: World, **more: Any) -> Ticket:
    return Ticket.objects.open("Printer is blank", by=world.fay, contact=world.carol, **more)


def busy_day(world: World) -> None:
    """Tickets of every kind, priority and date, some of them done; invoices paid, unpaid and overdue; low stock."""
    now = timezone.now()
    tonight = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=999_999)
    for n, kind in enumerate([*StatusKind.values, *StatusKind.values]):
        ticket = open_ticket(
            world,
            status=Status.first_of(kind),
            priority=n % 4 + 1,
            assignee=(world.tess, world.ada, None)[n % 3],
            due_at=(now - timedelta(hours=3), tonight, now + timedelta(days=3), None)[n % 4],
        )
        if n % 5 == 0:
            Ticket.objects.filter(pk=ticket.pk).update(opened_at=now - timedelta(days=3))
    work = Service.objects.create(
        category=ServiceCategory.objects.create(name="Bench"),
        name="Repair",
        billing="flat",
        price=Decimal(30),
        tax=world.exempt,
    )
    for n in range(3):
        ticket = open_ticket(world)
        add_service(ticket, work, by=world.tess)
        invoice = FinalInvoice(ticket).issue(by=world.bill)
        assert invoice is not None
        if n == 0:
            settle(invoice, invoice.total, method="cash", by=world.fay)
        elif n == 1:
            settle(invoice, Decimal(10), method="cash", by=world.fay)
    for n in range(9):
        Product.objects.add(
            by=world.max, name=f"Part {n}", sku=f"P-{n}", tax=world.vat, reorder_level=Decimal(2) if n % 2 else None
        )


def test_every_figure_of_tickets_is_what_its_list_shows(world: World) -> None:
    busy_day(world)
    shown = Dashboard(world.ada)
    for line in LINES:
        rows = list(TicketList.read(QueryDict(shown.list_of(line).partition("?")[2]), world.ada).all())
        assert shown.tickets[line] == len(rows), line
        assert rows, f"{line}: the test has such a ticket"
    assert sum(count for _priority, _url, count in shown.priorities) == shown.tickets["is:open"]


def test_the_figures_of_invoices_and_stock_are_what_their_lists_show(world: World) -> None:
    busy_day(world)
    shown = Dashboard(world.ada)
    unpaid = list(InvoiceList.read(QueryDict("show=unpaid"), world.ada).all())
    assert shown.owed["unpaid"] == len(unpaid) == 2
    assert shown.owed["sum"] == sum(row.balance for row in unpaid) == 50
    assert shown.owed["overdue"] == len(list(InvoiceList.read(QueryDict("show=overdue"), world.ada).all()))
    assert shown.low_count == len(ProductList.read(QueryDict("show=low")).page().products) == 4


def test_overdue_invoices_are_counted_as_their_list_does(world: World, monkeypatch: Any) -> None:
    busy_day(world)
    next_year = timezone.localdate() + timedelta(days=365)
    for place in ("mainspring.reports.dashboard.today", "mainspring.billing.listing.today"):
        monkeypatch.setattr(place, lambda _shop: next_year)
    late = list(InvoiceList.read(QueryDict("show=overdue"), world.ada).all())
    assert Dashboard(world.ada).owed["overdue"] == len(late) == 2


def test_each_months_revenue_is_the_sum_of_its_payments(world: World) -> None:
    busy_day(world)
    invoice = Invoice.objects.order_by("pk")[0]
    this = Month(timezone.localdate().replace(day=1))
    for back, amount in ((1, 7), (3, 11), (11, 13), (12, 17), (3, -4)):
        at = this.moved(-back).start
        Payment.objects.create(invoice=invoice, amount=Decimal(amount), method="cash", at=at)
    Payment.objects.create(invoice=invoice, amount=Decimal(99), method="credit")
    months = last_months("USD")
    assert len(months) == MONTHS and str(months[-1]) == str(this)
    assert [month.sum for month in months[-4:]] == [7, 0, 7, 40]
    assert months[0].sum == 13, "and what came before the twelve months is left out"
    for month in months:
        listed = PaymentList.read(QueryDict(month.url.partition("?")[2]), "USD")
        assert listed.sum() == sum(payment.amount for payment in listed.page()[0]) == month.sum


def test_the_page_says_today_in_sentences_that_lead_to_their_lists(world: World, as_person: SignIn) -> None:
    busy_day(world)
    client = as_person(world.ada)
    page = client.get("/psa/").content.decode()
    shown = Dashboard(world.ada)
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]*)</a>', page)
    told = {sentence.text: sentence.url for sentence in shown.sentences()}
    assert "4 customers have answered and wait for you." not in told
    assert "2 customers have answered and wait for you." in told
    for text, url in told.items():
        assert (url, text) in links, text
        assert client.get(url).status_code == 200


def test_a_quiet_day_says_so(world: World, as_person: SignIn) -> None:
    page = as_person(world.tess).get("/psa/").content.decode()
    assert "No ticket is open." in page and "Nothing is late, and nobody waits for your answer." in page


def test_who_may_not_see_the_revenue_gets_neither_chart_nor_list(world: World, as_person: SignIn) -> None:
    busy_day(world)
    client = as_person(world.tess)
    assert "data-chart" not in client.get("/psa/").content.decode()
    assert client.get("/psa/reports/payments").status_code == 403
    assert "data-chart" in as_person(world.bill).get("/psa/").content.decode()


def test_what_happened_leads_to_its_ticket(world: World, as_person: SignIn) -> None:
    ticket = open_ticket(world)
    page = as_person(world.tess).get("/psa/").content.decode()
    assert f'<a href="/psa/tickets/{ticket.number}/"><span class="number">#{ticket.number}</span>' in page


def test_payments_are_walked_by_pages_and_a_month_that_is_none_is_this_one(world: World, as_person: SignIn) -> None:
    busy_day(world)
    invoice = Invoice.objects.order_by("pk")[0]
    for _n in range(60):
        Payment.objects.create(invoice=invoice, amount=Decimal(1), method="cash")
    first, older = PaymentList.read(QueryDict("month=2026-99"), "USD").page()
    second, end = PaymentList.read(QueryDict(older.removeprefix("?")), "USD").page()
    assert len({payment.pk for payment in (*first, *second)}) == 62 and end == ""
    client = as_person(world.bill)
    for asked in (
        "month=2026-13",
        "month=x",
        "month=0000-01",
        "month=9999-12",
        "before=x",
        "month=2026-11&before=99999999999999999999",
    ):
        assert client.get(f"/psa/reports/payments?{asked}").status_code == 200, asked


def test_a_new_shop_is_led_to_what_it_sets_up_once(world: World) -> None:
    steps = {str(step.label): step.is_done for step in Dashboard(world.ada).steps}
    assert steps == {
        "Say who you are": True,
        "Say what you do, and what it costs": False,
        "Let your colleagues in": True,
        "Let mail leave": True,
        "Name the mailbox that customers write to": False,
        "Get paid by link": False,
        "Open the first ticket": False,
    }
    Service.add(by=world.ada, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    open_ticket(world)
    done = {str(step.label) for step in Dashboard(world.ada).steps if step.is_done}
    assert {"Say what you do, and what it costs", "Open the first ticket"} <= done
    for _ in range(4):
        open_ticket(world)
    assert Dashboard(world.ada).steps == [], "it is under way"


def test_first_steps_are_for_who_may_take_them(world: World, as_person: SignIn) -> None:
    assert "First steps" in as_person(world.ada).get("/psa/").content.decode()
    assert Dashboard(world.tess).steps == []

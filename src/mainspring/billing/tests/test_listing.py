"""The list of invoices: filters, words, sorting, pages, the file, and how many statements it takes."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainspring.billing.issuing import FinalInvoice, cancel, today
from mainspring.billing.models import HeldMoney, Invoice
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import service
from mainspring.billing.tests.test_rules_by_http import words
from mainspring.core.models import Shop
from mainspring.crm.models import Contact
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service
from world import World

LIST, FILE = "/psa/invoices/", "/psa/invoices.csv"


def issue(world: World, work: Service, contact: Contact | None = None) -> Invoice:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=contact or world.carol)
    add_service(ticket, work, by=world.tess)
    issued = FinalInvoice(ticket).issue(by=world.bill)
    assert issued is not None
    return Invoice.objects.select_related("standing", "ticket").get(pk=issued.pk)


@pytest.fixture
def work(world: World) -> Service:
    return service(world, "Repair", "30")


@pytest.fixture
def client_of_bill(world: World, as_person: Any) -> Client:
    found: Client = as_person(world.bill)
    return found


def listed(client: Client, query: str = "") -> list[str]:
    """The codes in the order of the list, from the file: it is the same list, whole."""
    answer = client.get(f"{FILE}{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row[0] for row in csv.reader(io.StringIO(text))][1:]


@pytest.fixture
def five(world: World, work: Service, monkeypatch: pytest.MonkeyPatch) -> dict[str, Invoice]:
    """One of each state; the paid one is Sam's, the overdue one was due yesterday."""
    monkeypatch.setattr("mainspring.billing.listing.today", lambda shop: today(shop) + timedelta(days=1))
    Shop.objects.update(payment_days=0)
    overdue = issue(world, work)
    Shop.objects.update(payment_days=14)
    unpaid, paid, cancelled = issue(world, work), issue(world, work, world.sam), issue(world, work)
    settle(paid, Decimal(30), method="cash", by=world.bill)
    note = cancel(cancelled, by=world.bill)
    return {"overdue": overdue, "unpaid": unpaid, "paid": paid, "cancelled": cancelled, "note": note}


@pytest.mark.parametrize(
    ("show", "wanted"),
    [
        ("", ["note", "cancelled", "paid", "unpaid", "overdue"]),
        ("unpaid", ["unpaid", "overdue"]),
        ("overdue", ["overdue"]),
        ("paid", ["paid"]),
        ("cancelled", ["cancelled"]),
        ("credit_notes", ["note"]),
        ("nonsense", ["note", "cancelled", "paid", "unpaid", "overdue"]),
    ],
)
def test_each_filter_shows_its_own(
    five: dict[str, Invoice], client_of_bill: Client, show: str, wanted: list[str]
) -> None:
    codes = [five[name].code for name in wanted]
    assert listed(client_of_bill, f"?show={show}") == codes
    page = client_of_bill.get(f"{LIST}?show={show}").content.decode()
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert [name for name, one in five.items() if f">{one.code}<" in table] == [name for name in five if name in wanted]


def test_every_word_must_be_somewhere(world: World, five: dict[str, Invoice], client_of_bill: Client) -> None:
    paid = five["paid"]
    for asked in (paid.code, paid.code.lower(), "rival", f"%23{paid.ticket.number}", f"rival {paid.ticket.number}"):
        assert listed(client_of_bill, f"?q={asked}") == [paid.code], asked
    assert listed(client_of_bill, "?q=rival+acme") == []
    assert "No invoice like that" in client_of_bill.get(f"{LIST}?q=rival+acme").content.decode()
    assert listed(client_of_bill, "?q=%00%25_") == []


@pytest.mark.parametrize(
    "sort", ["number", "-number", "date", "-date", "due", "-due", "total", "-total", "owed", "-owed"]
)
def test_pages_walk_the_whole_list_once_in_its_order(
    world: World, work: Service, client_of_bill: Client, sort: str
) -> None:
    for n in range(7):
        work.price = Decimal(30 + n % 3)
        work.save()
        issue(world, work)
    whole = listed(client_of_bill, f"?sort={sort}")
    walked: list[str] = []
    query = f"?sort={sort}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mainspring.billing.listing.PAGE", 3)
        for _turn in range(5):
            page = client_of_bill.get(f"{LIST}{query}").content.decode()
            body = page.partition("<tbody>")[2].partition("</tbody>")[0]
            walked += [part.partition("<")[0] for part in body.split('/">')[1:] if part.startswith("INV-")]
            if body.count("<tr>") < 3:
                break
            query = "?" + unescape(page.rpartition("after=")[0].rpartition('href="?')[2] + "after=")
            query += page.rpartition("after=")[2].partition('"')[0]
    assert walked == whole
    assert len(whole) == 7


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=,", "?after=1e999,3", "?after=2026-13-77,1&sort=date", "?sort=x"]
)
def test_a_bent_address_is_the_first_page(five: dict[str, Invoice], client_of_bill: Client, query: str) -> None:
    assert client_of_bill.get(f"{LIST}{query}").status_code == 200


def test_the_file_has_numbers_as_numbers_and_no_formulas(world: World, work: Service, client_of_bill: Client) -> None:
    """Case 37: a name that a spreadsheet would run is quoted; what is below zero stays a number."""
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\u200e=1+1", 'a"b,c\nd']
    for name in hostile:
        contact = Contact.add(by=None, name=name, email="")
        issue(world, work, contact)
    answer = client_of_bill.get(FILE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invoices.csv"'
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == len(hostile)
    for row in rows:
        assert row["Customer"].lstrip("\u200e")[0] not in "=+-@\t\r"
        assert (Decimal(row["Total"]), Decimal(row["Still to pay"]), row["Currency"]) == (30, 30, "USD")


def test_the_list_takes_as_many_statements_for_one_as_for_sixty(
    world: World, work: Service, client_of_bill: Client
) -> None:
    def statements(path: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            answer = client_of_bill.get(path)
            b"".join(answer)
        assert answer.status_code == 200
        return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])

    first = issue(world, work)
    HeldMoney.objects.create(invoice=first, gateway="test", gateway_ref="1", amount=Decimal(1), currency="USD", why="…")
    paths = [LIST, f"{LIST}?show=overdue&sort=-due&q=acme", FILE]
    for path in paths:
        statements(path)
    one = [statements(path) for path in paths]
    for n in range(60):
        made = issue(world, work)
        HeldMoney.objects.create(
            invoice=made, gateway="test", gateway_ref=f"r{n}", amount=Decimal(1), currency="USD", why="…"
        )
    many = [statements(path) for path in paths]
    assert many == one
    assert max(many) <= 12


def test_what_is_still_to_come_in_is_the_shops_currency_to_the_cent(
    world: World, work: Service, client_of_bill: Client
) -> None:
    work.price = Decimal("0.10")
    work.save()
    for _ in range(3):
        issue(world, work)
    Shop.objects.update(currency="EUR")
    issue(world, work)
    Shop.objects.update(currency="USD")
    assert "Still to come in: $0.30" in words(client_of_bill.get(LIST).content.decode())


def test_due_is_counted_from_the_shops_day(world: World, work: Service) -> None:
    made = issue(world, work)
    assert made.due_on - made.issued_on == timedelta(days=14)

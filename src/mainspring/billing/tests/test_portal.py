"""A customer's invoices and his statement of account."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from mainspring.billing.issuing import cancel
from mainspring.billing.models import Invoice
from mainspring.billing.settling import settle
from mainspring.billing.statement import Period, Statement
from mainspring.billing.tests.shelf import bill, repair, sign_in
from mainspring.work.models import Service
from world import World


@pytest.fixture
def service(world: World) -> Service:
    return repair(world)


TODAY = timezone.now().date()
YEAR = Period(TODAY - timedelta(days=300), TODAY + timedelta(days=1))


def test_he_sees_and_downloads_his_own_alone(world: World, service: Service) -> None:
    own, foreign = bill(world, service, world.carol), bill(world, service, world.sam)
    client = sign_in(world.carol)
    page = client.get("/portal/invoices/").content.decode()
    assert own.code in page and "Pay" in page and foreign.code not in page
    assert client.get(f"/portal/invoices/{own.code}/pdf").content.startswith(b"%PDF")
    assert client.get(f"/portal/invoices/{foreign.code}/pdf").status_code == 404
    assert "$30.00" in client.get("/portal/").content.decode()


def test_the_statement_runs_to_what_is_owed(world: World, service: Service) -> None:
    first, second = bill(world, service, world.carol), bill(world, service, world.carol)
    settle(first, Decimal(50), method="cash", by=world.fay)
    stated = Statement.of(Invoice.objects.filter(contact=world.carol), YEAR, name="Carol")
    assert [(one.charged, one.paid, one.balance) for one in stated.entries] == [
        (30, 0, 30),
        (30, 0, 60),
        (0, 50, 10),
    ]
    assert (stated.opening, stated.closing) == (0, 10)
    cancel(second, by=world.bill)
    after = Statement.of(Invoice.objects.filter(contact=world.carol), YEAR, name="Carol")
    assert after.closing == -20, "what he paid over is in his favour"


def test_what_was_before_the_period_is_its_opening_balance(world: World, service: Service) -> None:
    invoice = bill(world, service, world.carol)
    settle(invoice, Decimal(10), method="cash", by=world.fay)
    later = Period(TODAY + timedelta(days=2), TODAY + timedelta(days=9))
    stated = Statement.of(Invoice.objects.filter(contact=world.carol), later, name="Carol")
    assert (stated.opening, stated.entries, stated.closing) == (20, [], 20)


def test_a_business_is_stated_to_whom_may_see_it(world: World, service: Service) -> None:
    bill(world, service, world.carl)
    client = sign_in(world.carol)
    address = f"/portal/statement?whose={world.acme.pk}"
    assert "$30.00" not in client.get(address).content.decode()
    world.carol.let_see(world.acme, by=world.max)
    assert "$30.00" in client.get(address).content.decode()
    assert "$30.00" not in client.get(f"/portal/statement?whose={world.rival.pk}").content.decode()


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_statement_is_a_paper(world: World, service: Service, language: str) -> None:
    invoice = bill(world, service, world.carol)
    client = sign_in(world.carol)
    client.cookies["django_language"] = language
    answer = client.get("/portal/statement.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert invoice.code in text and "Carol Mizrahi" in text


@pytest.mark.parametrize(
    "asked", ["from=x&to=y", "from=2026-05-01&to=2026-01-01", "from=0001-01-01&to=9999-12-31", "from=%00"]
)
def test_an_odd_period_is_this_year(world: World, asked: str) -> None:
    answer = sign_in(world.carol).get(f"/portal/statement?{asked}&whose=abc")
    assert answer.status_code == 200
    assert f'value="{TODAY.year}-01-01"' in answer.content.decode()

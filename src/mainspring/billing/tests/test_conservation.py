"""The nightly check of the money: what was changed behind the guards' back is found, told and shown until mended."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from guards import lifted
from mainspring.billing.conservation import alarm, differences
from mainspring.billing.issuing import credit
from mainspring.billing.models import Invoice
from mainspring.billing.settling import settle
from mainspring.billing.tasks import check_money
from mainspring.billing.tests.shelf import diagnosed, open_ticket, repaired
from mainspring.core.health import Level, findings
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from world import World


@pytest.fixture
def books(world: World) -> Invoice:
    """A fee paid over, a final invoice paid in part and credited in part."""
    ticket = open_ticket(world)
    settle(diagnosed(world, ticket), Decimal(12), method="cash", by=world.bill)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    final = Invoice.objects.get(ticket=ticket, purpose="final")
    settle(final, Decimal(30), method="cash", by=world.bill)
    credit(final, Decimal(5), reason="Scratched", by=world.bill)
    return final


def tamper(statement: str) -> None:
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def mails() -> list[OutgoingMail]:
    OutgoingMail.objects.filter(state="waiting").update(not_before=timezone.now())
    Worker().run_all()
    return list(OutgoingMail.objects.filter(kind="books_differ").order_by("id"))


def shown(as_person: Any, world: World) -> str:
    return str(as_person(world.bill).get("/psa/invoices/").content.decode())


TAMPERED = [
    ("billing_standing", "balance", "1"),
    ("billing_standing", "paid", "-0.01"),
    ("billing_standing", "credited", "1"),
    ("billing_payment", "amount", "0.01"),
    ("billing_line", "net", "-1"),
    ("billing_invoice", "net", "1"),
    ("billing_creditentry", "amount", "0.01"),
]


@pytest.mark.parametrize(("table", "column", "by"), TAMPERED)
def test_a_cent_that_was_moved_is_found_told_and_shown_until_it_is_back(
    world: World, books: Invoice, as_person: Any, table: str, column: str, by: str
) -> None:
    check_money.call()
    assert (alarm(), mails()) == ("", [])
    changed = f"total = total + {by}, {column}" if table == "billing_invoice" else column
    tamper(f"UPDATE {table} SET {changed} = {column} + {by}")
    check_money.call()
    assert alarm()
    broken = [one for one in findings() if one.level == Level.BROKEN and alarm() in str(one.says)]
    assert len(broken) == 1 and broken[0].mend
    assert "The nightly check of the money found a difference" in shown(as_person, world)
    assert {mail.address for mail in mails()} == {world.ada.email, world.bill.email}
    assert all(alarm()[:30] in mail.text for mail in mails())
    changed = changed.replace(f"+ {by}", f"- {by}")
    tamper(f"UPDATE {table} SET {changed} = {column} - {by}")
    check_money.call()
    assert (alarm(), differences()) == ("", [])
    assert "The nightly check of the money found a difference" not in shown(as_person, world)
    assert len(mails()) == 2


def test_a_payment_that_vanished_is_found(world: World, books: Invoice) -> None:
    tamper("DELETE FROM billing_payment WHERE id = (SELECT max(id) FROM billing_payment)")
    assert any(books.code in said for said in differences())


def test_it_is_told_again_the_next_night(world: World, books: Invoice) -> None:
    tamper("UPDATE billing_standing SET balance = balance + 1")
    check_money.call()
    check_money.call()
    assert len(mails()) == 4

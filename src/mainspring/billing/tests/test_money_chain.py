"""The money chain: the fee up front, the work, the final invoice, and what is paid."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from mainspring.billing.bill import TicketBill
from mainspring.billing.issuing import FinalInvoice, cancel
from mainspring.billing.models import CreditEntry, Invoice, Line, Payment
from mainspring.billing.papers import pdf_of
from mainspring.billing.settling import Unsettled, refund, settle, use_credit
from mainspring.billing.tests.shelf import diagnosed, open_ticket, repaired, service
from mainspring.files.archive import Altered
from mainspring.tickets.models import StatusKind, Ticket
from mainspring.work.models import Locked, add_service
from world import World

D = Decimal


@pytest.fixture
def ticket(world: World) -> Ticket:
    return open_ticket(world)


def pay(invoice: Invoice, amount: str, world: World) -> Payment:
    return settle(invoice, D(amount), method="cash", by=world.bill)


def final_of(ticket: Ticket) -> Invoice:
    return Invoice.objects.select_related("standing").get(ticket=ticket, purpose="final")


def test_the_paid_diagnostic_is_deducted_thirty_less_ten_and_fifty_is_seventy(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    assert fee.total == 10 and fee.standing.balance == 10
    pay(fee, "10", world)
    assert ticket.is_open
    repaired(world, ticket)
    assert TicketBill(ticket).bill.total == 70
    ticket.resolve(by=world.tess)
    final = final_of(ticket)
    assert [(line.kind, line.amount) for line in final.lines.all()] == [
        ("labour", 30), ("part", 50), ("deduction", -10)
    ]  # fmt: skip
    assert final.total == 70
    pay(final, "70", world)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert ticket.status.kind == StatusKind.CLOSED


def test_an_unpaid_fee_is_cancelled_and_moves_to_the_final_invoice(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    fee.standing.refresh_from_db()
    assert fee.standing.balance == 0 and fee.credit_notes.get().total == 10
    assert final_of(ticket).total == 90


def test_a_partly_paid_fee_is_deducted_in_part(world: World, ticket: Ticket) -> None:
    pay(diagnosed(world, ticket), "4", world)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    assert final_of(ticket).total == 82


def test_a_refunded_fee_is_not_deducted(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    refund(pay(fee, "10", world), D(10), by=world.bill)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    assert final_of(ticket).total == 90


@pytest.mark.parametrize(("policy", "paid", "total"), [("keep", True, 80), ("waive", False, 80), ("waive", True, 70)])
def test_the_policy_of_the_fee(world: World, ticket: Ticket, policy: str, paid: bool, total: int) -> None:
    fee = diagnosed(world, ticket, policy)
    if paid:
        pay(fee, "10", world)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    assert final_of(ticket).total == total


def test_a_declined_repair_bills_nothing_else(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    repaired(world, ticket)
    ticket.decline_repair(by=world.fay)
    ticket.close(by=world.fay)
    assert list(Invoice.objects.filter(ticket=ticket)) == [fee]


def test_resolve_and_close_issue_one_invoice_and_reopening_leads_to_a_further_one(world: World, ticket: Ticket) -> None:
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    ticket.close(by=world.tess)
    assert FinalInvoice(ticket).issue(by=None) is None
    first = final_of(ticket)
    ticket.reopen(by=world.tess)
    add_service(ticket, service(world, "Cleaning", "15"), by=world.tess)
    ticket.resolve(by=world.tess)
    second = Invoice.objects.filter(ticket=ticket, purpose="final").exclude(pk=first.pk).get()
    assert (first.total, second.total) == (80, 15)


def test_what_stands_on_an_invoice_is_locked(world: World, ticket: Ticket) -> None:
    labour = add_service(ticket, service(world, "Diagnostic", "10", diagnostic=True), by=world.fay)
    with pytest.raises(Locked, match="INV-000001"):
        labour.remove(by=world.fay)


def test_a_cancelled_final_invoice_frees_its_charges_and_keeps_the_money_as_credit(
    world: World, ticket: Ticket
) -> None:
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    first = final_of(ticket)
    pay(first, "80", world)
    cancel(first, by=world.bill)
    ticket = Ticket.objects.get(pk=ticket.pk)
    ticket.reopen(by=world.tess)
    ticket.resolve(by=world.tess)
    second = Invoice.objects.select_related("standing").filter(ticket=ticket, purpose="final").latest("id")
    use_credit(second, D(80), by=world.bill)
    second.standing.refresh_from_db()
    assert second.standing.balance == 0
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 0


def test_what_is_paid_over_becomes_credit(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    pay(fee, "25", world)
    fee.standing.refresh_from_db()
    assert fee.standing.balance == 0 and CreditEntry.objects.get().amount == 15


def test_no_more_is_paid_back_than_was_paid(world: World, ticket: Ticket) -> None:
    payment = pay(diagnosed(world, ticket), "10", world)
    refund(payment, D(6), by=world.bill)
    with pytest.raises(Unsettled):
        refund(payment, D(5), by=world.bill)


def test_the_same_gateway_reference_is_booked_once(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    for _ in range(3):
        settle(fee, D(10), method="link", by=None, gateway="test", gateway_ref="pi_1")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET total = 1, net = 1, tax = 0",
        "DELETE FROM billing_line",
        "UPDATE billing_line SET amount = 1",
        "DELETE FROM billing_taxline",
        "UPDATE billing_payment SET amount = 1",
        "DELETE FROM billing_payment",
        "UPDATE events_event SET kind = 'x'",
    ],
)
def test_issued_papers_and_ledgers_are_frozen_in_the_database(world: World, ticket: Ticket, statement: str) -> None:
    pay(diagnosed(world, ticket), "10", world)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_pdf_is_archived_once_and_a_touched_one_is_noticed(world: World, ticket: Ticket) -> None:
    fee = diagnosed(world, ticket)
    first = pdf_of(fee)
    assert first.startswith(b"%PDF") and pdf_of(fee) == first
    fee.archived.file.path.write_bytes(first + b" ")
    with pytest.raises(Altered):
        pdf_of(fee)
    fee.archived.file.path.write_bytes(first)


def test_every_line_of_the_final_invoice_says_what_made_it(world: World, ticket: Ticket) -> None:
    pay(diagnosed(world, ticket), "10", world)
    repaired(world, ticket)
    ticket.resolve(by=world.tess)
    assert [line.key.partition(":")[0] for line in Line.objects.filter(invoice=final_of(ticket))] == [
        "labour", "usedpart", "fee"
    ]  # fmt: skip

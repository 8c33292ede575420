"""Services on a ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from mainspring.events.models import Event, reference
from mainspring.tickets.models import Ticket
from mainspring.work import slots
from mainspring.work.models import DiagnosticRule, Labour, Locked, add_service
from mainspring.work.tests.shelf import diagnostic, open_ticket, repair
from world import World


@contextmanager
def locked(charge: Model, sentence: str) -> Iterator[None]:
    """As if the charge were on an invoice."""
    before = list(slots.locks._fillers)
    slots.locks.add(order=1)(lambda charges: {reference(charge): sentence})
    try:
        yield
    finally:
        slots.locks._fillers[:] = before


@pytest.mark.parametrize(
    ("worked", "step", "minimum", "billed"),
    [(0, 15, 0, 0), (0, 15, 30, 30), (1, 15, 0, 15), (15, 15, 0, 15), (16, 15, 0, 30), (40, 15, 30, 45), (7, 1, 0, 7)],
)
def test_time_is_rounded_up_to_the_step_and_not_below_the_minimum(
    world: World, worked: int, step: int, minimum: int, billed: int
) -> None:
    assert repair(world, step_minutes=step, minimum_minutes=minimum).billed_minutes(worked) == billed


def test_labour_copies_price_tax_and_the_name_in_the_customers_language(world: World) -> None:
    world.carol.amend(by=None, language="he")
    service = repair(world)
    labour = add_service(open_ticket(world), service, by=world.tess, minutes=40)
    service.amend(by=world.max, price=Decimal(100))
    labour.refresh_from_db()
    assert (labour.unit_price, labour.tax_percent, labour.description) == (80, 17, "תיקון")
    assert (labour.minutes, labour.billed_minutes, labour.quantity, labour.person) == (
        40,
        45,
        Decimal("0.75"),
        world.tess,
    )
    assert labour.amount("USD") == 60


def test_a_flat_service_is_charged_once_whatever_the_time(world: World) -> None:
    labour = add_service(open_ticket(world), diagnostic(world), by=world.fay, minutes=90)
    assert (labour.quantity, labour.billed_minutes, labour.amount("USD"), labour.is_diagnostic) == (1, 0, 10, True)


def test_a_change_is_told_with_before_and_after(world: World) -> None:
    labour = add_service(open_ticket(world), repair(world), by=world.tess, minutes=40)
    labour.change(by=world.tess, minutes=70, discount_percent=Decimal(10))
    assert (labour.billed_minutes, labour.quantity, labour.amount("USD")) == (75, Decimal("1.25"), 90)
    event = Event.objects.get(kind="service.changed")
    assert event.data["changes"] == {"minutes": ["40", "70"], "discount_percent": ["0.000", "10"]}
    assert event.stream == reference(labour.ticket)
    labour.change(by=world.tess, minutes=70)
    assert Event.objects.filter(kind="service.changed").count() == 1


def test_labour_is_removed_and_restored(world: World) -> None:
    labour = add_service(open_ticket(world), repair(world), by=world.tess, minutes=40)
    for _twice in range(2):
        labour.remove(by=world.tess)
    assert not Labour.objects.standing().exists()
    for _twice in range(2):
        labour.restore(by=world.tess)
    assert list(Labour.objects.standing()) == [labour]
    kinds = Event.objects.of_stream(reference(labour.ticket)).values_list("kind", flat=True)
    assert list(kinds)[1:] == ["service.added", "service.removed", "service.restored"]


def test_what_is_locked_can_be_neither_changed_nor_removed(world: World) -> None:
    labour = add_service(open_ticket(world), repair(world), by=world.tess, minutes=40)
    with locked(labour, "It is on invoice F-12."):
        for act in (lambda: labour.change(by=world.tess, minutes=1), lambda: labour.remove(by=world.tess)):
            with pytest.raises(Locked, match="It is on invoice F-12"):
                act()
    labour.refresh_from_db()
    assert (labour.minutes, labour.removed_at) == (40, None)


def test_nothing_comes_on_a_ticket_that_is_done(world: World) -> None:
    ticket = open_ticket(world)
    labour = add_service(ticket, repair(world), by=world.tess, minutes=40)
    Ticket.objects.get(pk=ticket.pk).resolve(by=world.max)
    for act in (lambda: add_service(ticket, labour.service, by=world.tess), lambda: labour.remove(by=world.tess)):
        with pytest.raises(Locked, match="is done"):
            act()


def test_the_database_refuses_two_kinds_of_discount(world: World) -> None:
    labour = add_service(open_ticket(world), repair(world), by=world.tess, minutes=40)
    with pytest.raises(IntegrityError, match="one_kind_of_discount"), transaction.atomic():
        labour.change(by=world.tess, discount_percent=Decimal(10), discount_amount=Decimal(5))


def test_the_rule_for_the_kind_of_device_comes_before_the_one_for_any(world: World) -> None:
    general, printers = diagnostic(world), diagnostic(world, name="Printer diagnostic")
    assert DiagnosticRule.service_for(world.printer) is None
    DiagnosticRule.set_for(None, general, by=world.max)
    assert DiagnosticRule.service_for(world.printer) == DiagnosticRule.service_for(None) == general
    rule = DiagnosticRule.set_for(world.printer.kind, printers, by=world.max)
    assert (DiagnosticRule.service_for(world.printer), DiagnosticRule.service_for(None)) == (printers, general)
    assert DiagnosticRule.set_for(world.printer.kind, general, by=world.max) == rule
    rule.remove(by=world.max)
    assert DiagnosticRule.service_for(world.printer) == general


def test_one_rule_for_any_device(world: World) -> None:
    service = diagnostic(world)
    DiagnosticRule.objects.create(service=service)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiagnosticRule.objects.create(service=service)

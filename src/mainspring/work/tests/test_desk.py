"""The staff's doors into work on a ticket."""

from decimal import Decimal

import pytest
from django.test import Client

from mainspring.inventory.models import Product
from mainspring.tickets.models import StatusKind, Ticket
from mainspring.work.models import Labour, Timer, UsedPart, add_service, start_timer, use_part
from mainspring.work.tests.shelf import diagnostic, fuser, open_ticket, repair
from mainspring.work.tests.test_labour import locked
from mainspring.work.tests.test_timer import ran_for
from world import AsPerson, World


def on(ticket: Ticket, act: str) -> str:
    return f"/psa/tickets/{ticket.number}/{act}"


def test_a_service_is_added_with_hours_and_minutes(world: World, as_person: AsPerson) -> None:
    ticket, service = open_ticket(world), repair(world)
    answer = as_person(world.tess).post(
        on(ticket, "services/add"), {"service": service.pk, "hours": "1", "minutes": "10"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, on(ticket, "?tab=services"))
    labour = Labour.objects.get()
    assert (labour.minutes, labour.billed_minutes, labour.person) == (70, 75, world.tess)


def test_a_service_is_changed_removed_and_restored(world: World, as_person: AsPerson) -> None:
    ticket, desk = open_ticket(world), as_person(world.tess)
    labour = add_service(ticket, repair(world), by=world.tess, minutes=40)
    address = on(ticket, f"services/{labour.pk}/")
    assert 'value="80.00"' in desk.get(address + "change").content.decode()
    changed = {"description": "Repair", "hours": "2", "minutes": "0", "unit_price": "75", "discount_percent": "10"}
    assert desk.post(address + "change", changed).status_code == 303
    labour.refresh_from_db()
    assert (labour.minutes, labour.unit_price, labour.discount_percent, labour.is_billable) == (120, 75, 10, False)
    desk.post(address + "remove")
    assert not Labour.objects.standing().exists()
    desk.post(address + "restore")
    assert Labour.objects.standing().exists()


def test_two_kinds_of_discount_are_refused_in_words(world: World, as_person: AsPerson) -> None:
    ticket = open_ticket(world)
    labour = add_service(ticket, diagnostic(world), by=world.tess)
    posted = {"description": "x", "quantity": "1", "unit_price": "10", "discount_percent": "5", "discount_amount": "1"}
    answer = as_person(world.tess).post(on(ticket, f"services/{labour.pk}/change"), posted)
    assert answer.status_code == 422
    assert "not both" in answer.content.decode()


def test_a_timer_is_started_seen_everywhere_and_stopped(world: World, as_person: AsPerson) -> None:
    ticket, service, desk = open_ticket(world), repair(world), as_person(world.tess)
    desk.post(on(ticket, "timer/start"), {"service": service.pk})
    timer = Timer.objects.get()
    ticket.refresh_from_db()
    assert ticket.status.kind == StatusKind.IN_PROGRESS
    elsewhere = desk.get("/psa/stock/").content.decode()
    assert f"#{ticket.number}" in elsewhere and f"/psa/timers/{timer.pk}/stop" in elsewhere
    ran_for(timer, 29.5)
    assert desk.post(f"/psa/timers/{timer.pk}/stop").headers["Location"] == on(ticket, "?tab=services")
    assert Labour.objects.get().minutes == 30
    assert desk.post(f"/psa/timers/{timer.pk}/stop").status_code == 404


def test_a_timer_is_discarded(world: World, as_person: AsPerson) -> None:
    timer = start_timer(open_ticket(world), repair(world), by=world.tess)
    as_person(world.tess).post(f"/psa/timers/{timer.pk}/discard")
    assert not Timer.objects.exists() and not Labour.objects.exists()


def test_a_technician_stops_his_own_timer_only(world: World, as_person: AsPerson) -> None:
    timer = start_timer(open_ticket(world), repair(world), by=world.max)
    for act in ("stop", "discard"):
        assert as_person(world.tess).post(f"/psa/timers/{timer.pk}/{act}").status_code == 403
        assert as_person(world.tess).get(f"/psa/timers/{timer.pk}/{act}").status_code == 405
        assert as_person(world.bill).post(f"/psa/timers/{timer.pk}/{act}").status_code == 403
        assert Client().post(f"/psa/timers/{timer.pk}/{act}").headers["Location"].startswith("/psa/sign-in/")
    assert Timer.objects.get() == timer


@pytest.mark.parametrize("posted", [{"q": "4006381333931"}, {"q": "rm1-8809"}, {"q": " RM1-8809 ", "quantity": "1"}])
def test_a_scanned_part_is_used(world: World, as_person: AsPerson, posted: dict[str, str]) -> None:
    ticket, product = open_ticket(world), fuser(world)
    answer = as_person(world.tess).post(on(ticket, "parts/use"), posted)
    assert answer.headers["Location"] == on(ticket, "?tab=parts")
    product.refresh_from_db()
    assert (product.on_hand, UsedPart.objects.get().quantity) == (9, 1)


def test_a_part_is_picked_changed_taken_back_and_used_again(world: World, as_person: AsPerson) -> None:
    ticket, product, desk = open_ticket(world), fuser(world), as_person(world.tess)
    desk.post(on(ticket, "parts/use"), {"product": product.pk, "quantity": "2"})
    part = UsedPart.objects.get()
    address = on(ticket, f"parts/{part.pk}/")
    assert 'value="50.00"' in desk.get(address + "change").content.decode()
    changed = {"description": "Fuser kit", "quantity": "3", "unit_price": "45", "discount_amount": "5"}
    assert desk.post(address + "change", changed).status_code == 303
    part.refresh_from_db()
    assert (part.quantity, part.unit_price, part.amount("USD")) == (3, 45, 130)
    for act, on_hand in (("take-back", 10), ("take-back", 10), ("use-again", 7), ("use-again", 7)):
        assert desk.post(address + act).status_code == 303
        product.refresh_from_db()
        assert product.on_hand == product.recount() == on_hand


def test_what_is_not_there_is_refused_with_what_is_and_where(world: World, as_person: AsPerson) -> None:
    ticket = open_ticket(world)
    fuser(world, 1)
    answer = as_person(world.tess).post(on(ticket, "parts/use"), {"q": "RM1-8809", "quantity": "2"})
    assert answer.status_code == 409
    assert "1 on hand (shelf B3)" in answer.content.decode()
    assert not UsedPart.objects.exists()


@pytest.mark.parametrize("posted", [{}, {"q": "no such code"}, {"product": "999"}, {"q": "RM1-8809", "quantity": "-1"}])
def test_a_part_nobody_knows_is_refused(world: World, as_person: AsPerson, posted: dict[str, str]) -> None:
    ticket, product = open_ticket(world), fuser(world)
    assert as_person(world.tess).post(on(ticket, "parts/use"), posted).status_code == 422
    product.refresh_from_db()
    assert product.on_hand == 10


def test_a_billed_charge_says_why_it_stays(world: World, as_person: AsPerson) -> None:
    ticket, desk = open_ticket(world), as_person(world.tess)
    labour = add_service(ticket, repair(world), by=world.tess, minutes=40)
    with locked(labour, "It is on invoice F-12."):
        answer = desk.post(on(ticket, f"services/{labour.pk}/remove"))
        assert (answer.status_code, "It is on invoice F-12." in answer.content.decode()) == (409, True)
    assert Labour.objects.standing().exists()


def test_a_done_ticket_takes_no_more(world: World, as_person: AsPerson) -> None:
    ticket, service = open_ticket(world), repair(world)
    fuser(world)
    ticket.resolve(by=world.max)
    for act, posted in (
        ("services/add", {"service": service.pk}),
        ("timer/start", {"service": service.pk}),
        ("parts/use", {"q": "RM1-8809"}),
    ):
        answer = as_person(world.tess).post(on(ticket, act), posted)
        assert (answer.status_code, "Reopen it first" in answer.content.decode()) == (409, True)


CHARGE_ACTS = [
    "services/{labour}/change",
    "services/{labour}/remove",
    "services/{labour}/restore",
    "parts/{part}/change",
    "parts/{part}/take-back",
    "parts/{part}/use-again",
]
TICKET_ACTS = ["services/add", "timer/start", "parts/use"]


@pytest.mark.parametrize("act", [*TICKET_ACTS, *CHARGE_ACTS])
def test_the_refusals(world: World, as_person: AsPerson, act: str) -> None:
    ticket, product = open_ticket(world), fuser(world)
    labour = add_service(ticket, repair(world), by=world.tess, minutes=40)
    part = use_part(ticket, product, 2, by=world.tess)
    address = on(ticket, act.format(labour=labour.pk, part=part.pk))
    assert Client().post(address).headers["Location"].startswith("/psa/sign-in/")
    assert as_person(world.bill).post(address).status_code == 403
    assert as_person(world.tess).get(address).status_code == (200 if act.endswith("change") else 405)
    assert as_person(world.tess).post(address.replace(str(ticket.number), "99999")).status_code == 404
    untouched(labour, part, product)


@pytest.mark.parametrize("act", CHARGE_ACTS)
def test_anothers_charges_and_another_tickets_are_refused(world: World, as_person: AsPerson, act: str) -> None:
    ticket, other, product = open_ticket(world), open_ticket(world), fuser(world)
    labour = add_service(ticket, repair(world), by=world.max, minutes=40)
    part = use_part(ticket, product, 2, by=world.max)
    act = act.format(labour=labour.pk, part=part.pk)
    assert as_person(world.tess).post(on(ticket, act)).status_code == 403
    assert as_person(world.max).post(on(other, act)).status_code == 404
    untouched(labour, part, product)


def untouched(labour: Labour, part: UsedPart, product: Product) -> None:
    for thing in (labour, part, product):
        thing.refresh_from_db()
    assert (labour.minutes, labour.removed_at, part.quantity, part.removed_at) == (40, None, 2, None)
    assert (product.on_hand, Labour.objects.count(), UsedPart.objects.count()) == (Decimal(8), 1, 1)


def test_the_front_desk_may_correct_a_technicians_part(world: World, as_person: AsPerson) -> None:
    ticket = open_ticket(world)
    part = use_part(ticket, fuser(world), 2, by=world.tess)
    assert as_person(world.fay).post(on(ticket, f"parts/{part.pk}/take-back")).status_code == 303

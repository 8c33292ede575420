"""Parts on a ticket, and the shelf they come from."""

from decimal import Decimal

import pytest

from mainspring.events.models import Event, reference
from mainspring.inventory.models import Movement, NotEnoughStock, Product
from mainspring.work.models import Locked, UsedPart, use_part
from mainspring.work.tests.shelf import fuser, open_ticket
from mainspring.work.tests.test_labour import locked
from world import World


def on_hand(product: Product) -> Decimal:
    product.refresh_from_db()
    assert product.on_hand == product.recount()
    return product.on_hand


def test_a_part_used_leaves_the_shelf_for_the_ticket(world: World) -> None:
    ticket, product = open_ticket(world), fuser(world)
    part = use_part(ticket, product, 2, by=world.tess)
    assert on_hand(product) == 8
    assert (part.movement.reference, part.movement.label) == (reference(ticket), f"#{ticket.number}")
    assert (part.quantity, part.unit_price, part.unit_cost, part.tax_percent) == (2, 50, 31, 17)
    assert part.amount("USD") == 100
    event = Event.objects.get(kind="part.used")
    assert (event.stream, str(event)) == (reference(ticket), "Tess Amir used 2 × Fuser kit")


def test_a_part_taken_back_returns_to_stock_once(world: World) -> None:
    product = fuser(world)
    part = use_part(open_ticket(world), product, 2, by=world.tess)
    for _twice in range(2):
        part.take_back(by=world.tess)
    assert on_hand(product) == 10
    assert not UsedPart.objects.standing().exists()
    assert Event.objects.filter(kind="part.taken_back").count() == 1


def test_undoing_the_taking_back_takes_it_again(world: World) -> None:
    product = fuser(world)
    part = use_part(open_ticket(world), product, 2, by=world.tess)
    part.take_back(by=world.tess)
    for _twice in range(2):
        part.use_again(by=world.tess)
    assert on_hand(product) == 8
    part.take_back(by=world.tess)
    assert on_hand(product) == 10


def test_another_quantity_is_a_return_and_a_take(world: World) -> None:
    product = fuser(world)
    part = use_part(open_ticket(world), product, 4, by=world.tess)
    part.use_instead(Decimal(9), by=world.tess)
    assert (on_hand(product), part.quantity, part.movement.quantity) == (1, 9, -9)
    with pytest.raises(NotEnoughStock):
        part.use_instead(Decimal(11), by=world.tess)
    part.refresh_from_db()
    assert (on_hand(product), part.quantity) == (1, 9)
    assert Event.objects.get(kind="part.changed").data["changes"] == {"quantity": ["4", "9"]}


def test_what_is_not_there_is_not_charged(world: World) -> None:
    product = fuser(world, 1)
    with pytest.raises(NotEnoughStock, match="1 on hand"):
        use_part(open_ticket(world), product, 2, by=world.tess)
    assert not UsedPart.objects.exists()
    assert on_hand(product) == 1


def test_a_locked_part_stays(world: World) -> None:
    product = fuser(world)
    part = use_part(open_ticket(world), product, 2, by=world.tess)
    with locked(part, "It is on invoice F-12."):
        for act in (part.take_back, lambda by: part.use_instead(Decimal(1), by=by)):
            with pytest.raises(Locked, match="F-12"):
                act(by=world.tess)
    assert on_hand(product) == 8
    assert Movement.objects.filter(kind=Movement.Kind.RETURNED).count() == 0


def test_a_new_price_changes_no_part_already_used(world: World) -> None:
    product = fuser(world)
    part = use_part(open_ticket(world), product, by=world.tess)
    product.amend(by=world.max, price=Decimal(99))
    part.refresh_from_db()
    assert part.unit_price == 50
    part.change(by=world.tess, unit_price=Decimal(45))
    assert part.amount("USD") == 45

"""The verbs of the stock and its ledger."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from mainspring.events.models import Event
from mainspring.inventory.models import AlreadyTakenBack, Movement, NotEnoughStock, Product
from mainspring.inventory.models.movement import MovementQuerySet
from world import World


def add_product(world: World, on_hand: str = "10", **fields: object) -> Product:
    told = {"name": "Fuser kit", "sku": "RM1-8809", "price": Decimal(50), "cost": Decimal(31), "shelf": "B3", **fields}
    product = Product.objects.add(by=world.max, tax=world.vat, **told)
    if Decimal(on_hand):
        product.receive(Decimal(on_hand), by=world.max, reason="first delivery")
    return product


def test_taking_lowers_the_stock_and_says_for_what(world: World) -> None:
    product = add_product(world)
    taken = product.take(2, reference="ticket:5", label="#1042", by=world.tess)
    assert product.on_hand == 8
    assert (taken.quantity, taken.on_hand_after, taken.unit_cost) == (-2, 8, 31)
    assert (taken.reference, taken.label, taken.person) == ("ticket:5", "#1042", world.tess)


def test_a_part_taken_back_returns_to_stock_once(world: World) -> None:
    product = add_product(world)
    taken = product.take(2, by=world.tess)
    back = taken.take_back(by=world.max)
    product.refresh_from_db()
    assert (back.quantity, back.reverses, product.on_hand) == (2, taken, 10)
    with pytest.raises(AlreadyTakenBack, match="already put back"):
        taken.take_back(by=world.max)
    product.refresh_from_db()
    assert product.on_hand == product.recount() == 10


def test_only_a_take_can_be_taken_back(world: World) -> None:
    product = add_product(world)
    with pytest.raises(ValueError, match="Only what was taken"):
        product.movements.get(kind=Movement.Kind.RECEIVED).take_back(by=world.max)


def test_too_much_is_refused_with_what_is_there_and_where(world: World) -> None:
    product = add_product(world, "2.5")
    with pytest.raises(NotEnoughStock) as refusal:
        product.take(3, by=world.tess)
    assert str(refusal.value) == ("3 × Fuser kit wanted, 2.5 on hand (shelf B3). Take less, or receive stock first.")
    assert (product.on_hand, product.movements.count()) == (Decimal("2.5"), 1)


def test_cable_by_the_metre_is_exact_on_every_engine(world: World) -> None:
    product = add_product(world, "0.3")
    for _ in range(3):
        product.take(Decimal("0.1"), by=world.tess)
    assert product.on_hand == product.recount() == 0
    with pytest.raises(NotEnoughStock):
        product.take(Decimal("0.001"), by=world.tess)


@pytest.mark.parametrize("quantity", [0, -1, Decimal("0.0001")])
def test_only_a_real_quantity_can_be_taken_or_received(world: World, quantity: Decimal) -> None:
    product = add_product(world)
    with pytest.raises(ValueError, match=r"quantity|places"):
        product.take(quantity, by=world.tess)
    with pytest.raises(ValueError, match=r"quantity|places"):
        product.receive(quantity, by=world.tess)


def test_receiving_at_another_cost_changes_the_cost_and_keeps_the_old_one_in_the_trail(world: World) -> None:
    product = add_product(world)
    product.receive(5, cost=Decimal(33), reason="order 17", by=world.fay)
    product.refresh_from_db()
    assert (product.on_hand, product.cost) == (15, 33)
    changed = Event.objects.get(kind="product.changed")
    assert changed.data["changes"]["cost"] == ["31.0000", "33"]


def test_counting_books_the_difference_with_its_reason(world: World) -> None:
    product = add_product(world)
    movement = product.count(7, reason="shelf check", by=world.max)
    assert (movement.quantity, product.on_hand, product.recount()) == (-3, 7, 7)
    assert product.count(7, reason="again", by=world.max).quantity == 0
    with pytest.raises(ValueError, match="less than nothing"):
        product.count(-1, reason="typo", by=world.max)


def test_low_stock_is_told_once_each_time_the_level_is_crossed(world: World) -> None:
    product = add_product(world, reorder_level=Decimal(4))
    low = Event.objects.filter(kind="stock.ran_low")
    product.take(5, by=world.tess)
    assert (low.count(), list(Product.objects.low())) == (0, [])
    first = product.take(1, by=world.tess)
    product.take(1, by=world.tess)
    assert (low.count(), list(Product.objects.low())) == (1, [product])
    first.take_back(by=world.tess)
    product.receive(5, by=world.max)
    product.take(5, by=world.tess)
    product.take(1, by=world.tess)
    assert low.count() == 2


def test_a_product_without_a_level_never_runs_low(world: World) -> None:
    product = add_product(world)
    product.take(10, by=world.tess)
    assert not Event.objects.filter(kind="stock.ran_low").exists()
    assert not Product.objects.low().exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda lines: lines.update(quantity=99),
        lambda lines: lines.delete(),
        lambda lines: lines._raw_delete(lines.db),
    ],
)
def test_the_database_refuses_to_change_the_ledger(world: World, act: Callable[[MovementQuerySet], object]) -> None:
    product = add_product(world)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        act(Movement.objects.filter(product=product))
    assert product.recount() == 10


def test_the_database_refuses_a_stock_below_zero_and_a_second_return(world: World) -> None:
    product = add_product(world)
    with pytest.raises(IntegrityError, match="stock_is_never_negative"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(on_hand=-1)
    taken = product.take(1, by=world.tess)
    taken.take_back(by=world.tess)
    with pytest.raises(IntegrityError), transaction.atomic():
        product.put_back(taken, by=world.tess)


def test_a_product_is_found_by_barcode_sku_and_words(world: World) -> None:
    fuser = add_product(world, barcode="4006381333931")
    cable = add_product(world, name="USB cable 2 m", sku="USB-2")
    assert Product.objects.scanned(" 4006381333931 ") == fuser
    assert Product.objects.scanned("usb-2") == cable
    assert Product.objects.scanned("usb") is Product.objects.scanned("") is None
    assert list(Product.objects.matching("cable usb")) == [cable]
    assert list(Product.objects.matching("rm1")) == [fuser]
    assert not Product.objects.matching("cable fuser").exists()


def test_one_sku_and_one_barcode_a_product(world: World) -> None:
    add_product(world, barcode="123")
    for same in ({"sku": "rm1-8809"}, {"sku": "other", "barcode": "123"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            add_product(world, **same)
    assert connection.is_usable()

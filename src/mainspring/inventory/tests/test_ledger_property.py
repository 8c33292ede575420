"""Random histories of one product: the cache is the ledger's sum, never below zero, each take comes back once."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainspring.inventory.models import AlreadyTakenBack, Movement, NotEnoughStock, Product
from world import World

QUANTITY = st.decimals(min_value="0.001", max_value="9", places=3)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["take", "receive", "count"]), QUANTITY),
        st.tuples(st.just("take_back"), st.integers(0, 9)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_the_stock_is_the_sum_of_the_ledger(world: World, acts: list[tuple[str, Decimal]]) -> None:
    product = Product.objects.add(
        by=None, name="Cable", sku=f"C-{Product.objects.count()}", tax=world.vat, reorder_level=Decimal(3)
    )
    takes: list[Movement] = []
    expected, returned = Decimal(0), set[int]()
    for act, amount in acts:
        match act:
            case "take" if amount <= expected:
                takes.append(product.take(amount, by=world.tess))
                expected -= amount
            case "take":
                refused(product, amount, world)
            case "receive":
                product.receive(amount, by=world.max)
                expected += amount
            case "count":
                product.count(amount, reason="check", by=world.max)
                expected = amount
            case "take_back" if takes:
                expected += taken_back(takes[int(amount) % len(takes)], returned, world)
        product.refresh_from_db()
        assert product.on_hand == product.recount() == expected >= 0


def refused(product: Product, amount: Decimal, world: World) -> None:
    try:
        product.take(amount, by=world.tess)
    except NotEnoughStock:
        return
    raise AssertionError("More was taken than was there.")


def taken_back(movement: Movement, returned: set[int], world: World) -> Decimal:
    """What the stock gains: the quantity the first time, nothing after."""
    try:
        movement.take_back(by=world.tess)
    except AlreadyTakenBack:
        assert movement.pk in returned
        return Decimal(0)
    assert movement.pk not in returned
    returned.add(movement.pk)
    return -movement.quantity

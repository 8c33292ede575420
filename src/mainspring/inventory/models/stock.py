"""How the stock moves: receive, take, put back, count."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.core.quantities import STEP, show_quantity
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record
from mainspring.inventory.events import STOCK_COUNTED, STOCK_RAN_LOW, STOCK_RECEIVED, STOCK_RETURNED, STOCK_TAKEN
from mainspring.inventory.models.movement import Movement
from mainspring.inventory.models.table import ProductTable

EVENTS: dict[str, EventKind] = {
    Movement.Kind.RECEIVED: STOCK_RECEIVED,
    Movement.Kind.TAKEN: STOCK_TAKEN,
    Movement.Kind.RETURNED: STOCK_RETURNED,
    Movement.Kind.COUNTED: STOCK_COUNTED,
}


class NotEnoughStock(Exception):
    """More was wanted than is on hand. Says what is there, on which shelf, and what to do."""

    def __init__(self, product: "Stock", wanted: Decimal, on_hand: Decimal) -> None:
        self.product, self.wanted, self.on_hand = product, wanted, on_hand
        words = {
            "name": product.name,
            "wanted": show_quantity(wanted),
            "on_hand": show_quantity(on_hand),
            "shelf": product.shelf or "–",
        }
        super().__init__(
            _("%(wanted)s × %(name)s wanted, %(on_hand)s on hand (shelf %(shelf)s). Take less, or receive stock first.")
            % words
        )


class Stock(ProductTable):
    """Verbs that move the stock. Each writes one line of the ledger, and `on_hand` follows in the same transaction."""

    class Meta:
        abstract = True

    @transaction.atomic
    def receive(
        self, quantity: Decimal | int, *, by: Actor | None, cost: Decimal | None = None, reason: str = ""
    ) -> Movement:
        """Goods came in. A `cost` given becomes the product's cost. Raises ValueError unless quantity > 0."""
        if cost is not None:
            self.amend(by=by, cost=cost)
        return self._move(Movement.Kind.RECEIVED, _positive(self.exact(quantity)), by=by, reason=reason)

    @transaction.atomic
    def take(
        self, quantity: Decimal | int, *, by: Actor | None, reference: str = "", label: str = "", reason: str = ""
    ) -> Movement:
        """Take from the shelf for something. Raises NotEnoughStock, ValueError unless quantity > 0."""
        wanted = _positive(self.exact(quantity))
        return self._move(Movement.Kind.TAKEN, -wanted, by=by, reason=reason, reference=reference, label=label)

    @transaction.atomic
    def put_back(self, taken: Movement, *, by: Actor | None, reason: str = "") -> Movement:
        """The reverse of a take, at the cost it was taken for. Use `movement.take_back()`, which says when it was."""
        return self._move(
            Movement.Kind.RETURNED,
            -taken.quantity,
            by=by,
            reason=reason,
            reference=taken.reference,
            label=taken.label,
            reverses=taken,
            unit_cost=taken.unit_cost,
        )

    @transaction.atomic
    def count(self, found: Decimal | int, *, by: Actor | None, reason: str) -> Movement:
        """So many are really there; the difference goes to the ledger. Raises ValueError below zero."""
        there = self.exact(found)
        if there < 0:
            raise ValueError("Nobody can count less than nothing.")
        self._lock()
        return self._move(Movement.Kind.COUNTED, there - self.on_hand, by=by, reason=reason)

    def recount(self) -> Decimal:
        """What the ledger adds up to. `on_hand` must equal it."""
        total = Movement.objects.filter(product_id=self.pk).aggregate(sum=Coalesce(Sum("quantity"), Decimal(0)))["sum"]
        return Decimal(total).quantize(STEP)

    def _move(
        self,
        kind: str,
        gain: Decimal,
        *,
        by: Actor | None,
        reason: str = "",
        reference: str = "",
        label: str = "",
        reverses: Movement | None = None,
        unit_cost: Decimal | None = None,
    ) -> Movement:
        self._gain(gain)
        movement = Movement.objects.create(
            product_id=self.pk,
            kind=kind,
            quantity=gain,
            on_hand_after=self.on_hand,
            unit_cost=self.cost if unit_cost is None else unit_cost,
            reason=reason[:200],
            reference=reference,
            label=label,
            reverses=reverses,
            person=by if isinstance(by, Person) else None,
        )
        self._tell(movement, by)
        return movement

    def _gain(self, gain: Decimal) -> None:
        """One conditional UPDATE: it waits for whoever moves the same product and then sees what he left.

        Rounded in the database, because SQLite adds decimals as floats and 0.3 − 0.1 − 0.1 would be less than 0.1.
        """
        rows = type(self)._default_manager.filter(pk=self.pk, on_hand__gte=-gain)
        moved = rows.update(on_hand=Round(F("on_hand") + gain, precision=3))
        self.refresh_from_db(fields=["on_hand", "reorder_level", "cost"])
        if not moved:
            raise NotEnoughStock(self, -gain, self.on_hand)

    def _lock(self) -> None:
        locked = type(self)._default_manager.select_for_update().get(pk=self.pk)
        self.on_hand = locked.on_hand

    def _tell(self, movement: Movement, by: Actor | None) -> None:
        told = {
            "name": self.name,
            "quantity": show_quantity(abs(movement.quantity)),
            "on_hand": show_quantity(self.on_hand),
            "label": movement.label,
            "reason": movement.reason,
            "changes": {"on_hand": [str(self.on_hand - movement.quantity), str(self.on_hand)]},
        }
        record(EVENTS[movement.kind], self, by=by, data=told)
        if self.is_low and self.on_hand - movement.quantity > (self.reorder_level or 0):
            record(STOCK_RAN_LOW, self, by=by, data=told)


def _positive(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise ValueError("A quantity is more than nothing.")
    return quantity

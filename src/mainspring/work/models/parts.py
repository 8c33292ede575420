"""Parts used on a ticket: each is a take from the stock, and a charge."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.quantities import show_quantity
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, reference
from mainspring.inventory.models import Movement, Product
from mainspring.tickets.models import Ticket
from mainspring.work.events import PART_CHANGED, PART_TAKEN_BACK, PART_USED, PART_USED_AGAIN
from mainspring.work.models.charge import Charge, ChargeQuerySet, open_ticket


class UsedPart(Charge):
    """A part on a ticket, with the movement that took it off the shelf."""

    changed_event = PART_CHANGED

    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="+")
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4, editable=False)

    objects: ClassVar[ChargeQuerySet] = ChargeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Charge.Meta):
        verbose_name = _("part on a ticket")
        verbose_name_plural = _("parts on tickets")

    @transaction.atomic
    def take_back(self, *, by: Actor | None) -> None:
        """Off the bill and back on the shelf, once. Raises Locked."""
        self.must_be_free()
        if self.removed_at is None:
            self.movement.take_back(by=by)
            self.removed_at = timezone.now()
            self.save(update_fields=["removed_at"])
            self.tell(PART_TAKEN_BACK, by=by)

    @transaction.atomic
    def use_again(self, *, by: Actor | None) -> None:
        """Undo the taking back: the part leaves the shelf once more. Raises Locked, NotEnoughStock."""
        self.must_be_free()
        if self.removed_at is not None:
            self.movement = _take(self.product, self.quantity, self.ticket, by)
            self.removed_at = None
            self.save(update_fields=["movement", "removed_at"])
            self.tell(PART_USED_AGAIN, by=by)

    @transaction.atomic
    def use_instead(self, quantity: Decimal, *, by: Actor | None) -> None:
        """Another quantity: the old take is put back, the new one taken. Raises Locked, NotEnoughStock."""
        self.must_be_free()
        if quantity != self.quantity and self.removed_at is None:
            before = self.quantity
            self.movement.take_back(by=by)
            self.movement = _take(self.product, quantity, self.ticket, by)
            self.quantity = quantity
            self.save(update_fields=["movement", "quantity"])
            self.tell(PART_CHANGED, by=by, changes={"quantity": [show_quantity(before), show_quantity(quantity)]})

    @transaction.atomic
    def amend(self, *, by: Actor | None, quantity: Decimal, **fields: Any) -> None:
        """Quantity and what it is charged with, in one go. Raises Locked, NotEnoughStock; then nothing happened."""
        self.use_instead(quantity, by=by)
        self.change(by=by, **fields)

    def tell(self, kind: EventKind, *, by: Actor | None, **data: Any) -> None:
        super().tell(kind, by=by, quantity=show_quantity(self.quantity), sku=self.product.sku, **data)


@transaction.atomic
def use_part(
    ticket: Ticket,
    product: Product,
    quantity: Decimal | int = 1,
    *,
    by: Actor | None,
    price: Decimal | None = None,
    description: str = "",
    **more: Any,
) -> UsedPart:
    """Take a part from the stock for a ticket and charge it. Raises Locked, NotEnoughStock; then nothing happened.

    `more`: discount_percent, discount_amount.
    """
    open_ticket(ticket)
    movement = _take(product, Decimal(quantity), ticket, by)
    part = UsedPart.objects.create(
        ticket=ticket,
        product=product,
        movement=movement,
        description=(description or product.name)[:300],
        quantity=-movement.quantity,
        unit_price=product.price if price is None else price,
        unit_cost=movement.unit_cost,
        tax_percent=product.tax.percent,
        person=by if isinstance(by, Person) else None,
        **more,
    )
    part.tell(PART_USED, by=by, price=str(part.unit_price))
    return part


def _take(product: Product, quantity: Decimal, ticket: Ticket, by: Actor | None) -> Movement:
    return product.take(quantity, by=by, reference=reference(ticket), label=f"#{ticket.number}")

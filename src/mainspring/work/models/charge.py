"""What services and parts on a ticket have in common: something to be charged."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.money import ZERO, round_money
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record, reference
from mainspring.tickets.models import Ticket
from mainspring.work.slots import locks

NOT_NEGATIVE = MinValueValidator(Decimal(0))
PERCENT = [NOT_NEGATIVE, MaxValueValidator(Decimal(100))]


class Locked(Exception):
    """The charge, or the ticket, may no longer be changed; the sentence says why."""


def why_locked(charges: Sequence[models.Model]) -> dict[str, str]:
    """The sentence for each locked charge, by its reference."""
    found: dict[str, str] = {}
    for sentences in locks.fill(charges):
        found.update(sentences)
    return found


def open_ticket(ticket: Ticket) -> Ticket:
    """The ticket, its row locked until the transaction ends, so that no invoice is issued meanwhile.

    Raises Locked when the ticket is resolved or closed: what came on it now would stand on no invoice.
    """
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if not locked.is_open:
        raise Locked(_("Ticket #%(number)s is done. Reopen it first.") % {"number": locked.number})
    return locked


class ChargeQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """All but what was removed or taken back."""
        return self.filter(removed_at=None)

    def of_ticket(self, ticket: Ticket) -> Self:
        return self.filter(ticket=ticket).order_by("id")


class Charge(models.Model):
    """Something to be charged on a ticket, at the price and tax of the moment it was added."""

    changed_event: EventKind

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    description = models.CharField(gettext_lazy("description"), max_length=300)
    quantity = models.DecimalField(gettext_lazy("quantity"), max_digits=12, decimal_places=4)
    unit_price = models.DecimalField(gettext_lazy("price"), max_digits=14, decimal_places=4, validators=[NOT_NEGATIVE])
    tax_percent = models.DecimalField(gettext_lazy("tax"), max_digits=6, decimal_places=3, validators=PERCENT)
    discount_percent = models.DecimalField(
        gettext_lazy("discount in per cent"), max_digits=6, decimal_places=3, default=Decimal(0), validators=PERCENT
    )
    discount_amount = models.DecimalField(
        gettext_lazy("discount"), max_digits=14, decimal_places=4, default=Decimal(0), validators=[NOT_NEGATIVE]
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("technician")
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["ticket", "id"])]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_amounts_are_not_negative",
                condition=Q(quantity__gte=0, unit_price__gte=0, discount_amount__gte=0),
            ),
            models.CheckConstraint(
                name="%(class)s_percents_are_percents",
                condition=Q(discount_percent__gte=0, discount_percent__lte=100, tax_percent__gte=0)
                & Q(tax_percent__lte=100),
            ),
            models.CheckConstraint(
                name="%(class)s_has_one_kind_of_discount", condition=Q(discount_percent=0) | Q(discount_amount=0)
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def amount(self, currency: str) -> Decimal:
        """Price times quantity less the discount, as the list shows it before any invoice."""
        whole = round_money(self.unit_price * self.quantity, currency)
        off = round_money(whole * self.discount_percent / 100, currency) + round_money(self.discount_amount, currency)
        return max(whole - off, ZERO)

    @property
    def lock(self) -> str:
        """Why it may no longer be changed; empty when it may."""
        return why_locked([self]).get(reference(self), "")

    @transaction.atomic
    def change(self, *, by: Actor | None, **fields: Any) -> None:
        """Another description, price, discount …; the trail keeps before and after. Raises Locked."""
        self.must_be_free()
        changes = {
            name: [str(getattr(self, name)), str(value)]
            for name, value in fields.items()
            if getattr(self, name) != value
        }
        if changes:
            for name in changes:
                setattr(self, name, fields[name])
            self.follow()
            self.save()
            self.tell(self.changed_event, by=by, changes=changes)

    def follow(self) -> None:
        """Bring the columns that follow from others up to date before they are saved."""

    def must_be_free(self) -> None:
        """Lock the ticket, see what the charge is by now, raise Locked when it can't be changed."""
        open_ticket(self.ticket)
        self.refresh_from_db()
        if sentence := self.lock:
            raise Locked(sentence)

    def tell(self, kind: EventKind, *, by: Actor | None, **data: Any) -> None:
        """An event in the ticket's story."""
        record(kind, self, by=by, stream=self.ticket, data={"name": self.description, **data})

"""Which charge stands on which invoice, and the discount on a ticket's whole bill."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from mainspring.billing.events import DISCOUNT_SET
from mainspring.billing.models.document import Invoice, money
from mainspring.core.money import ZERO
from mainspring.events.models import Actor, record
from mainspring.tickets.models import Ticket


class BilledCharge(models.Model):
    """A charge that stands on an invoice: it is billed once. Freed when the invoice is cancelled."""

    key = models.CharField(max_length=60, unique=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="billed")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.key


def is_billed(kind: str, pk: str = "pk") -> Exists:
    """Whether the charge of a row, like `labour:7`, stands on an invoice: a column of whatever query reads the row."""
    return Exists(BilledCharge.objects.filter(key=Concat(Value(f"{kind}:"), Cast(OuterRef(pk), models.CharField()))))


class Discount(models.Model):
    """What is taken off a ticket's next invoice as a whole."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="discount")
    percent = models.DecimalField(
        _("per cent"),
        max_digits=6,
        decimal_places=3,
        default=ZERO,
        validators=[MinValueValidator(ZERO), MaxValueValidator(Decimal(100))],
    )
    amount = money(default=ZERO, validators=[MinValueValidator(ZERO)])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_discount_takes_off",
                condition=models.Q(percent__gte=0) & models.Q(percent__lte=100) & models.Q(amount__gte=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.percent} % {self.amount}"

    @classmethod
    @transaction.atomic
    def put(cls, ticket: Ticket, *, percent: Decimal, amount: Decimal, by: Actor) -> None:
        """Set the discount of the next invoice; nothing off takes it away."""
        cls.objects.update_or_create(ticket=ticket, defaults={"percent": percent, "amount": amount})
        shown = f"{percent.normalize():f} %, {amount.normalize():f}"
        record(DISCOUNT_SET, ticket, by=by, data={"discount": shown})

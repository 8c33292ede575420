"""The product's columns, on one screen."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core.models import TaxRate
from mainspring.core.quantities import STEP
from mainspring.events.amended import Amended
from mainspring.inventory.models.suppliers import Category, Supplier

NOT_NEGATIVE = MinValueValidator(Decimal(0))


class ProductTable(Amended):
    """All columns of a product; the verbs are in the files beside this one."""

    name = models.CharField(_("name"), max_length=160)
    sku = models.CharField(_("SKU or part number"), max_length=60)
    barcode = models.CharField(_("barcode"), max_length=60, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("supplier")
    )
    cost = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=4, default=Decimal(0), validators=[NOT_NEGATIVE]
    )
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=4, default=Decimal(0), validators=[NOT_NEGATIVE]
    )
    tax = models.ForeignKey(TaxRate, models.PROTECT, related_name="+", verbose_name=_("tax"))
    on_hand = models.DecimalField(
        _("on hand"),
        max_digits=10,
        decimal_places=3,
        default=Decimal(0),
        editable=False,
        help_text="The sum of the ledger, kept here. Changed only by movements.",
    )
    shelf = models.CharField(_("shelf"), max_length=40, blank=True)
    reorder_level = models.DecimalField(
        _("reorder level"),
        max_digits=10,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("When so few are left, it is on the low-stock list. Empty: never."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_low(self) -> bool:
        return self.reorder_level is not None and self.on_hand <= self.reorder_level

    @staticmethod
    def exact(quantity: Decimal | int) -> Decimal:
        """A quantity to three places; raises ValueError when that would change it."""
        rounded = Decimal(quantity).quantize(STEP)
        if rounded != quantity:
            raise ValueError(f"{quantity} has more than three places.")
        return rounded

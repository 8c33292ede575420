"""The product, assembled."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainspring.core import search
from mainspring.events.models import Actor, record
from mainspring.inventory.events import PRODUCT_ADDED, PRODUCT_CHANGED
from mainspring.inventory.models.stock import Stock

PRODUCT = "product"
"""Under which kind it is found."""


class ProductQuerySet(models.QuerySet["Product"]):
    def in_use(self) -> "ProductQuerySet":
        return self.filter(is_active=True)

    def low(self) -> "ProductQuerySet":
        """In use, and no more left than the reorder level."""
        return self.in_use().filter(on_hand__lte=F("reorder_level"))

    def scanned(self, code: str) -> "Product | None":
        """The one product that this barcode, SKU or part number names exactly."""
        code = code.strip()
        named = Q(sku__iexact=code) | Q(barcode=code) if code else Q(pk__in=[])
        found = list(self.filter(named)[:2])
        return found[0] if len(found) == 1 else None

    def matching(self, words: str) -> "ProductQuerySet":
        """By the beginnings of words of name, SKU and shelf, or any four digits of the barcode in a row."""
        return search.within(self, words, kinds=[PRODUCT], unfinished=True)

    def with_names(self) -> "ProductQuerySet":
        return self.select_related("category", "supplier", "tax")

    @transaction.atomic
    def add(self, *, by: Actor | None, **fields: Any) -> "Product":
        product = self.create(**fields)
        record(PRODUCT_ADDED, product, by=by, data={"name": product.name, "sku": product.sku})
        return product


class Product(Stock):
    """A thing we buy, stock and sell."""

    changed_event = PRODUCT_CHANGED

    objects: ClassVar[ProductQuerySet] = ProductQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["name", "id"]),
            models.Index(fields=["category", "name", "id"]),
            models.Index(fields=["on_hand", "id"]),
        ]
        constraints = [
            models.CheckConstraint(name="stock_is_never_negative", condition=Q(on_hand__gte=0)),
            models.UniqueConstraint(
                Lower("sku"), name="one_product_per_sku", violation_error_message=_("Another product has this SKU.")
            ),
            models.UniqueConstraint(
                fields=["barcode"],
                name="one_product_per_barcode",
                condition=~Q(barcode=""),
                violation_error_message=_("Another product has this barcode."),
            ),
        ]

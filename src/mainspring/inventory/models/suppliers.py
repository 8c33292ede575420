"""How products are grouped, and from whom they come."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.inventory.events import CATEGORY_ADDED, CATEGORY_CHANGED, SUPPLIER_ADDED, SUPPLIER_CHANGED


class Category(Amended):
    """A group of products: screens, batteries, cables."""

    changed_event = CATEGORY_CHANGED

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Category":
        category = cls.objects.create(**fields)
        record(CATEGORY_ADDED, category, by=by, data={"name": category.name})
        return category


class Supplier(Amended):
    """From whom we buy, and how to reach them."""

    changed_event = SUPPLIER_CHANGED

    name = models.CharField(_("name"), max_length=120, unique=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    customer_number = models.CharField(_("our customer number"), max_length=40, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Supplier":
        supplier = cls.objects.create(**fields)
        record(SUPPLIER_ADDED, supplier, by=by, data={"name": supplier.name})
        return supplier

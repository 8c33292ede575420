"""The shop itself: who we are, in which currency, zone and language we work."""

from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.core.prepared import prepared
from mainspring.core.text import TranslatedField

SHOWN_KEY, SHOWN_FOR = "core.shop", 10
"""Seconds."""


class Shop(models.Model):
    """The one row that describes the company. Printed on invoices, mails and pages."""

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="US", help_text=_("Two letters, as in ISO 3166."))
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, default="USD", help_text=_("Three letters, as in ISO 4217.")
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    logo = models.CharField(_("logo"), max_length=64, blank=True, help_text=_("SHA-256 of the stored picture."))
    colour = models.CharField(_("colour"), max_length=7, default="#2f6f5e")
    invoice_text = TranslatedField(_("text at the end of an invoice"), default=dict, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    iban = models.CharField(_("bank account"), max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_shop", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(SHOWN_KEY))

    @classmethod
    def get(cls) -> "Shop":
        """The shop; a shop without a name before it was set up."""
        found = _shops()
        return found[0] if found else cls(pk=1, name="Mainspring")

    @classmethod
    def shown(cls) -> "Shop":
        """The shop as every page shows it: ten seconds old at most. What is charged or written reads the table."""
        return cache.get_or_set(SHOWN_KEY, cls.get, SHOWN_FOR) or cls.get()


@prepared
def _shops() -> models.QuerySet[Shop]:
    return Shop.objects.filter(pk=1)


class TaxRate(models.Model):
    """A tax that a service or product carries. Per cent; 0 with a reason is exempt."""

    name = TranslatedField(_("name"))
    percent = models.DecimalField(
        _("per cent"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        ordering = ["-percent"]
        constraints = [
            models.CheckConstraint(
                name="tax_rate_is_a_percentage",
                condition=models.Q(percent__gte=0) & models.Q(percent__lte=100),
            ),
            models.UniqueConstraint(
                name="one_default_tax_rate", fields=["is_default"], condition=models.Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

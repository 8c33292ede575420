"""The catalogue: what we do, how it is charged, and which diagnostic a device gets."""

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Max, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.core.models import TaxRate
from mainspring.core.prepared import prepared
from mainspring.core.text import TranslatedField
from mainspring.crm.models import Device, DeviceKind
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.work.events import (
    CATALOGUE_ADDED,
    CATALOGUE_CHANGED,
    DIAGNOSTIC_RULE_REMOVED,
    DIAGNOSTIC_RULE_SET,
)


class CatalogueEntry(Amended):
    """A row of the catalogue. Adding it and changing it is recorded."""

    changed_event = CATALOGUE_CHANGED

    class Meta:
        abstract = True

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> Any:
        entry = cls._default_manager.create(**fields)
        record(CATALOGUE_ADDED, entry, by=by, data={"name": str(entry)})
        return entry


class ServiceCategory(CatalogueEntry):
    """A group of services: repair, data, on site."""

    name = TranslatedField(gettext_lazy("name"))
    order = models.PositiveSmallIntegerField(gettext_lazy("order"), default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = gettext_lazy("category")
        verbose_name_plural = gettext_lazy("categories")

    def __str__(self) -> str:
        return str(self.name)


SERVICE = "service"
"""Under which kind it is found."""


class ServiceQuerySet(models.QuerySet["Service"]):
    def in_use(self) -> "ServiceQuerySet":
        return self.filter(is_active=True)

    def diagnostics(self) -> "ServiceQuerySet":
        return self.in_use().filter(is_diagnostic=True)

    def matching(self, words: str) -> "ServiceQuerySet":
        """By the beginnings of words of its name, in any language, or its category's."""
        return search.within(self, words, kinds=[SERVICE], unfinished=True)

    def latest_of(self, person: Person, most: int = 4) -> "list[Service]":
        """What this person did last, each once; for somebody new, what is first in the catalogue."""
        booked = self.filter(labours__person=person, is_active=True)
        latest = booked.annotate(last=Max("labours__id")).order_by("-last")[:most]
        return list(latest) or list(self.in_use().filter(is_diagnostic=False)[:most])

    def with_names(self) -> "ServiceQuerySet":
        return self.select_related("category", "tax")


class Service(CatalogueEntry):
    """Something we do for money: by the hour or at a flat price."""

    class Billing(models.TextChoices):
        HOURLY = "hourly", gettext_lazy("By the hour")
        FLAT = "flat", gettext_lazy("Flat price")

    class Policy(models.TextChoices):
        DEDUCT = "deduct", gettext_lazy("Deduct what was paid from the labour")
        WAIVE = "waive", gettext_lazy("Waive it when the repair is approved")
        KEEP = "keep", gettext_lazy("Keep it beside the repair")

    name = TranslatedField(gettext_lazy("name"))
    category = models.ForeignKey(
        ServiceCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=gettext_lazy("category"),
    )
    billing = models.CharField(gettext_lazy("charged"), max_length=10, choices=Billing, default=Billing.HOURLY)
    price = models.DecimalField(
        gettext_lazy("price"), max_digits=14, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    tax = models.ForeignKey(TaxRate, models.PROTECT, related_name="+", verbose_name=gettext_lazy("tax"))
    is_diagnostic = models.BooleanField(
        gettext_lazy("diagnostic"), default=False, help_text=gettext_lazy("Invoiced as soon as the ticket is opened.")
    )
    policy = models.CharField(gettext_lazy("a paid diagnostic"), max_length=10, choices=Policy, default=Policy.DEDUCT)
    step_minutes = models.PositiveSmallIntegerField(
        gettext_lazy("rounded up to minutes"), default=15, validators=[MinValueValidator(1)]
    )
    minimum_minutes = models.PositiveSmallIntegerField(gettext_lazy("minimum minutes"), default=0)
    is_active = models.BooleanField(gettext_lazy("in use"), default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["category__order", "id"]
        verbose_name = gettext_lazy("service")
        verbose_name_plural = gettext_lazy("services")
        constraints = [
            models.CheckConstraint(name="time_is_rounded_to_a_minute_or_more", condition=Q(step_minutes__gte=1)),
            models.CheckConstraint(name="a_service_costs_nothing_or_more", condition=Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_hourly(self) -> bool:
        return self.billing == Service.Billing.HOURLY

    def billed_minutes(self, worked: int) -> int:
        """Worked minutes rounded up to the step, and not below the minimum."""
        steps = -(-worked // self.step_minutes)
        return max(steps * self.step_minutes, self.minimum_minutes)


class DiagnosticRule(models.Model):
    """Which diagnostic a new ticket gets by itself: for one kind of device, or always."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="rules", verbose_name=gettext_lazy("diagnostic"))
    device_kind = models.ForeignKey(
        DeviceKind, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("kind of device")
    )

    class Meta:
        verbose_name = gettext_lazy("diagnostic rule")
        verbose_name_plural = gettext_lazy("diagnostic rules")
        constraints = [
            models.UniqueConstraint(Coalesce("device_kind", Value(0)), name="one_diagnostic_rule_per_kind_of_device"),
        ]

    def __str__(self) -> str:
        return f"{self.device_kind or _('any device')}: {self.service}"

    @classmethod
    def service_for(cls, device: Device | None) -> Service | None:
        """The diagnostic for this device: its kind's own rule, else the one for any device."""
        return cls.service_for_kind(device.kind if device else None)

    @classmethod
    def service_for_kind(cls, kind: DeviceKind | None) -> Service | None:
        rules = _diagnostics_for(kind.pk if kind else 0)
        chosen = min(rules, key=lambda rule: rule.device_kind_id is None, default=None)
        return chosen.service if chosen else None

    @classmethod
    @transaction.atomic
    def set_for(cls, kind: DeviceKind | None, service: Service, *, by: Actor | None) -> "DiagnosticRule":
        """The diagnostic for this kind of device (None: any) is this one from now on."""
        rule, _added = cls.objects.update_or_create(device_kind=kind, defaults={"service": service})
        record(DIAGNOSTIC_RULE_SET, rule, by=by, data={"name": str(service), "device": str(kind or _("any device"))})
        return rule

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        told = {"name": str(self.service), "device": str(self.device_kind or _("any device"))}
        record(DIAGNOSTIC_RULE_REMOVED, self, by=by, data=told)
        self.delete()


@prepared
def _diagnostics_for(kind: int) -> models.QuerySet[DiagnosticRule]:
    """The rules for this kind of device, and for any."""
    kinds = Q(device_kind=None) | Q(device_kind=kind)
    return DiagnosticRule.objects.filter(kinds, service__is_active=True).select_related("service__tax")

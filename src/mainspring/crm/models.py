"""Customers and what they own."""

from typing import Any

import phonenumbers
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.crm.events import (
    BUSINESS_ADDED,
    BUSINESS_CHANGED,
    CONTACT_ADDED,
    CONTACT_CHANGED,
    DEVICE_ADDED,
    DEVICE_CHANGED,
)
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record

__all__ = ["Business", "Contact", "Device", "DeviceKind", "phone_digits"]


def phone_digits(phone: str) -> str:
    """The number as digits with country code, however it was written: "03-555 0142" → "97235550142"."""
    try:
        parsed = phonenumbers.parse(phone, Shop.get().country)
    except phonenumbers.NumberParseException:
        return "".join(sign for sign in phone if sign.isdigit())
    return f"{parsed.country_code}{parsed.national_number}"


class Business(Amended):
    """A company, authority or household that contacts belong to and invoices can go to."""

    changed_event = BUSINESS_CHANGED

    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    tax_exempt = models.BooleanField(_("pays no tax"), default=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Business":
        business = cls.objects.create(**fields)
        record(BUSINESS_ADDED, business, by=by, data={"name": business.name})
        return business


class ContactQuerySet(models.QuerySet["Contact"]):
    def reached_at(self, *, email: str = "", phone: str = "") -> "ContactQuerySet":
        """Whoever has this mail address or this phone number, in any spelling."""
        digits = phone_digits(phone) if phone else ""
        wanted = models.Q(pk__in=[])
        if email:
            wanted |= models.Q(email__iexact=email.strip())
        if digits:
            wanted |= models.Q(phone_digits=digits)
        return self.filter(wanted)


class Contact(Amended):
    """A person we talk to: a customer, or somebody at a business."""

    changed_event = CONTACT_CHANGED

    name = models.CharField(_("name"), max_length=120)
    business = models.ForeignKey(
        Business, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("business")
    )
    title = models.CharField(_("role or title"), max_length=80, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_digits = models.CharField(max_length=20, blank=True, editable=False)
    street = models.CharField(_("street"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    tax_exempt = models.BooleanField(_("pays no tax"), default=False)
    remarks = models.TextField(_("remarks"), blank=True)
    mail_paused = models.BooleanField(_("mail paused"), default=False, help_text=_("Mail to this address came back."))
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["name"]),
            models.Index(fields=["phone_digits"]),
            models.Index(Lower("email"), name="contact_by_email"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_digits = phone_digits(self.phone) if self.phone else ""
        super().save(*args, **kwargs)

    @property
    def actor_key(self) -> str:
        return f"contact:{self.pk}"

    @property
    def actor_name(self) -> str:
        return self.name

    @property
    def speaks(self) -> str:
        """The language this contact reads: his own, else his business's, else the shop's."""
        return self.language or (self.business.language if self.business else "") or Shop.get().language

    @property
    def pays_no_tax(self) -> bool:
        return self.business.tax_exempt if self.business else self.tax_exempt

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Contact":
        contact = cls.objects.create(**fields)
        record(CONTACT_ADDED, contact, by=by, data={"name": contact.name})
        return contact


class DeviceKind(models.Model):
    """Phone, laptop, printer …: what the diagnostic rules and the lists speak of."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    icon = models.CharField(_("icon"), max_length=40, default="device-laptop")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Device(Amended):
    """A thing a customer owns and we work on."""

    changed_event = DEVICE_CHANGED

    kind = models.ForeignKey(DeviceKind, models.PROTECT, verbose_name=_("kind"))
    owner = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="devices", verbose_name=_("owner")
    )
    business = models.ForeignKey(
        Business, models.PROTECT, null=True, blank=True, related_name="devices", verbose_name=_("business")
    )
    maker = models.CharField(_("maker"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial = models.CharField(_("serial number or IMEI"), max_length=60, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [models.Index(fields=["serial"])]

    def __str__(self) -> str:
        return " ".join(part for part in (self.maker, self.model) if part) or str(self.kind)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Device":
        device = cls.objects.create(**fields)
        record(DEVICE_ADDED, device, by=by, data={"name": str(device)})
        return device

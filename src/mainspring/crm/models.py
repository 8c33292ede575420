"""Customers and what they own."""

import secrets
from datetime import timedelta
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import search
from mainspring.core.asked import row_key
from mainspring.core.prepared import prepared
from mainspring.core.shop import Shop
from mainspring.core.tokens import digest_of
from mainspring.crm.events import (
    ACCOUNT_ASKED,
    ACCOUNT_ENDED,
    ACCOUNT_INVITED,
    ACCOUNT_OPENED,
    BUSINESS_ADDED,
    BUSINESS_CHANGED,
    CONTACT_ADDED,
    CONTACT_CHANGED,
    CONTACT_MERGED,
    DECISION_GIVEN,
    DECISION_TAKEN,
    DEVICE_ADDED,
    DEVICE_CHANGED,
    DEVICE_KIND_ADDED,
    DEVICE_KIND_CHANGED,
    DEVICE_KIND_REMOVED,
    SIGHT_GIVEN,
    SIGHT_TAKEN,
)
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.ui.slots import Viewer

__all__ = [
    "BUSINESS",
    "CONTACT",
    "DEVICE",
    "Account",
    "Business",
    "Contact",
    "Device",
    "DeviceKind",
    "Joining",
    "Sight",
    "phone_digits",
]

CONTACT, BUSINESS, DEVICE = "contact", "business", "device"
"""Under which kinds they are found."""
ASKED_LASTS, INVITED_LASTS = timedelta(hours=24), timedelta(hours=72)
"""How long the link to a new account works: asked for by the customer, sent by the desk."""


def phone_digits(phone: str) -> str:
    """The number as digits with country code, however it was written: "03-555 0142" → "97235550142"."""
    try:
        parsed = phonenumbers.parse(phone, Shop.get().country)
    except phonenumbers.NumberParseException:
        return "".join(sign for sign in phone if sign.isdigit())
    return f"{parsed.country_code}{parsed.national_number}"


class BusinessQuerySet(models.QuerySet["Business"]):
    def matching(self, words: str) -> "BusinessQuerySet":
        """By the beginnings of words of the name and city, mail address, tax number, any four digits of the phone."""
        return search.within(self, words, kinds=[BUSINESS], unfinished=True)

    def seen_by(self, person: Viewer) -> "BusinessQuerySet":
        """Those of which this customer may see everything."""
        return self.filter(sights__contact__accounts__person=person)

    def decided_by(self, person: Viewer) -> "BusinessQuerySet":
        """Those whose people this customer lets see what."""
        return self.filter(sights__contact__accounts__person=person, sights__decides=True)


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
    exempt_reason = models.CharField(_("why no tax"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = BusinessQuerySet.as_manager()

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        indexes = [models.Index(fields=["name"]), models.Index(fields=["added_at", "id"], name="business_by_age")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Business":
        business = cls.objects.create(**fields)
        record(BUSINESS_ADDED, business, by=by, data={"name": business.name})
        return business


class ContactQuerySet(models.QuerySet["Contact"]):
    def standing(self) -> "ContactQuerySet":
        """All but those merged into another, and those erased."""
        return self.filter(merged_into=None, erased_at=None)

    def of_account(self, person: Viewer) -> "ContactQuerySet":
        """Whoever this customer is: mostly one contact, several where they share a mail address."""
        return self.filter(accounts__person=person)

    def who_is(self, person: Viewer) -> "Contact":
        """In whose name this customer acts: the first of the contacts that he is."""
        return self.of_account(person).select_related("business").order_by("id")[0]

    def reached_at(self, *, email: str = "", phone: str = "") -> "ContactQuerySet":
        """Whoever has this mail address or this phone number, in any spelling; had it, before he was merged, too."""
        digits = phone_digits(phone) if phone else ""
        wanted = models.Q(pk__in=[])
        if email:
            wanted |= models.Q(email__iexact=email.strip())
        if digits:
            wanted |= models.Q(phone_digits=digits)
        once = Contact.objects.filter(wanted, merged_into__isnull=False)
        return self.standing().filter(wanted | models.Q(pk__in=once.values("merged_into")))

    def matching(self, words: str) -> "ContactQuerySet":
        """By the beginnings of words of his and his business's name, mail address, any four digits of the phone."""
        return search.within(self, words, kinds=[CONTACT], unfinished=True)


FILLED = ("business", "title", "email", "phone", "street", "postcode", "city", "language", "remarks")
"""What a contact gets from one merged into him where he has nothing."""


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
    exempt_reason = models.CharField(_("why no tax"), max_length=200, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    wants_updates = models.BooleanField(
        _("mails about changes of status, date and technician"),
        default=True,
        help_text=_("Notes, invoices and receipts come in any case."),
    )
    wants_news = models.BooleanField(_("news and offers by mail"), default=False)
    mail_paused = models.BooleanField(_("mail paused"), default=False, help_text=_("Mail to this address came back."))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", help_text="The contact this one turned out to be."
    )
    erased_at = models.DateTimeField(null=True, editable=False, help_text="He was erased; papers still point here.")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["name"]),
            models.Index(fields=["phone_digits"]),
            models.Index(Lower("email"), name="contact_by_email"),
            models.Index(fields=["added_at", "id"], name="contact_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_digits = phone_digits(self.phone) if self.phone else ""
        super().save(*args, **kwargs)

    @transaction.atomic
    def amend(self, *, by: Actor | None, **fields: Any) -> None:
        """As every row. A corrected mail address is written to again; who leaves a business sees no more of it."""
        if "business" in fields and fields["business"] != self.business and self.business:
            self.let_see_no_more(self.business, by=by)
        if "email" in fields and fields["email"] != self.email and self.mail_paused:
            fields.setdefault("mail_paused", False)
        super().amend(by=by, **fields)

    @transaction.atomic
    def merge_into(self, kept: "Contact", *, by: Actor | None) -> None:
        """It turned out to be `kept`: what this one owns goes to him, what he lacks he gets from this one.

        The row stays for the papers that name it; everything else speaks of `kept`. Raises ValidationError.
        """
        both = {one.pk: one for one in Contact.objects.select_for_update().filter(pk__in=(self.pk, kept.pk))}
        if len(both) < 2 or any(one.merged_into_id for one in both.values()):
            raise ValidationError(_("Two different contacts can be merged, each once."))
        kept.amend(by=by, **{name: getattr(self, name) for name in self.given_to(kept)})
        Device.objects.filter(owner=self).update(owner=kept)
        for rights, other in ((Account, "person"), (Sight, "business")):
            had = rights._default_manager.filter(contact=kept).values(other)
            rights._default_manager.filter(contact=self).exclude(**{f"{other}__in": had}).update(contact=kept)
            rights._default_manager.filter(contact=self).delete()
        Contact.objects.filter(models.Q(pk=self.pk) | models.Q(merged_into=self)).update(merged_into=kept)
        self.merged_into = kept
        record(CONTACT_MERGED, self, by=by, stream=kept, data={"name": self.name, "into": kept.name, "kept": kept.pk})

    def given_to(self, kept: "Contact") -> list[str]:
        """The columns that `kept` gets from this one, since he has nothing there."""
        return [name for name in FILLED if getattr(self, name) and not getattr(kept, name)]

    @transaction.atomic
    def let_see(self, business: Business, *, by: Actor | None) -> None:
        """From now on this contact sees all tickets and invoices of the business in the portal."""
        _sight, is_new = Sight.objects.get_or_create(contact=self, business=business)
        if is_new:
            record(SIGHT_GIVEN, self, by=by, stream=business, data={"name": self.name, "business": business.name})

    @transaction.atomic
    def let_see_no_more(self, business: Business, *, by: Actor | None) -> None:
        gone, _rows = Sight.objects.filter(contact=self, business=business).delete()
        if gone:
            record(SIGHT_TAKEN, self, by=by, stream=business, data={"name": self.name, "business": business.name})

    @transaction.atomic
    def let_decide(self, business: Business, *, by: Actor | None) -> None:
        """From now on this contact sees everything of the business, and says who of its people does so, too."""
        self.let_see(business, by=by)
        if Sight.objects.filter(contact=self, business=business, decides=False).update(decides=True):
            record(DECISION_GIVEN, self, by=by, stream=business, data={"name": self.name, "business": business.name})

    @transaction.atomic
    def let_decide_no_more(self, business: Business, *, by: Actor | None) -> None:
        if Sight.objects.filter(contact=self, business=business, decides=True).update(decides=False):
            record(DECISION_TAKEN, self, by=by, stream=business, data={"name": self.name, "business": business.name})

    def he_and_merged(self) -> models.QuerySet["Contact"]:
        """He, and those who turned out to be him: the papers of all are his."""
        root = self.merged_into_id or self.pk
        return Contact.objects.filter(models.Q(pk=root) | models.Q(merged_into=root))

    def look_alikes(self) -> "ContactQuerySet":
        """Others with his name, mail address or phone number."""
        same = Contact.objects.reached_at(email=self.email, phone=self.phone).values("pk")
        alike = models.Q(name__iexact=self.name) | models.Q(pk__in=same)
        return Contact.objects.standing().filter(alike).exclude(pk=self.pk)

    @property
    def actor_key(self) -> str:
        return f"contact:{self.pk}"

    @property
    def actor_name(self) -> str:
        return self.name

    @property
    def is_mailed(self) -> bool:
        """Whether mail reaches this contact, as far as is known."""
        return bool(self.email) and not self.mail_paused

    @property
    def speaks(self) -> str:
        """The language this contact reads: his own, else his business's, else the shop's."""
        return self.language or (self.business.language if self.business else "") or Shop.get().language

    @property
    def pays_no_tax(self) -> bool:
        return self.business.tax_exempt if self.business else self.tax_exempt

    @property
    def why_no_tax(self) -> str:
        return self.business.exempt_reason if self.business else self.exempt_reason

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Contact":
        contact = cls.objects.create(**fields)
        record(CONTACT_ADDED, contact, by=by, data={"name": contact.name})
        return contact


@prepared
def contact_standing(pk: int) -> ContactQuerySet:
    """The contact with this key, with his business, if he stands."""
    return Contact.objects.standing().select_related("business").filter(pk=pk)


class Account(models.Model):
    """Ties a customer who signs in to the contact he is."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="accounts")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="accounts")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_person_is_a_contact_once", fields=["person", "contact"])]

    def __str__(self) -> str:
        return f"{self.person} is {self.contact}"

    @classmethod
    @transaction.atomic
    def welcome(cls, *, email: str, name: str, password: str | None) -> Person:
        """Somebody whose address is proven signs in as every contact who has it; as a new one where we know none."""
        known = list(Contact.objects.reached_at(email=email).order_by("id"))
        return cls.open(
            *known or [Contact.add(by=None, name=name, email=email)], email=email, name=name, password=password
        )

    @classmethod
    @transaction.atomic
    def open(cls, *contacts: Contact, email: str, name: str, password: str | None) -> Person:
        """Somebody who proved that the mail address is his signs in from now on, as these contacts."""
        zone = Shop.get().time_zone
        person = Person.objects.welcome(
            email=email, name=name, password=password, language=contacts[0].speaks, time_zone=zone
        )
        Account.objects.bulk_create(Account(person=person, contact=contact) for contact in contacts)
        for contact in contacts:
            record(ACCOUNT_OPENED, contact, by=contact, data={"name": contact.name})
        return person

    @transaction.atomic
    def end(self, *, by: Actor | None) -> None:
        """He is this contact no more; when he is nobody else either, he may not sign in."""
        record(ACCOUNT_ENDED, self.contact, by=by, data={"name": self.contact.name})
        self.delete()
        if not Account.objects.filter(person=self.person).exists():
            self.person.leave(by=by)


class Joining(models.Model):
    """A wish to sign in to the portal, of a customer himself or of the desk for him, until the mailed link is used."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, db_index=True, help_text="SHA-256 of the mailed token.")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email", "-id"])]

    def __str__(self) -> str:
        return self.email

    @classmethod
    @transaction.atomic
    def ask(cls, *, email: str, name: str) -> "Joining":
        """A customer asks for himself. What comes of it is mailed to the address, and said to nobody else."""
        asked = cls.objects.create(email=email.lower(), name=name, expires_at=timezone.now() + ASKED_LASTS)
        record(ACCOUNT_ASKED, asked, by=None, data={"name": name})
        return asked

    @classmethod
    @transaction.atomic
    def invite(cls, contact: Contact, *, by: Actor) -> "Joining":
        invited = cls.objects.create(
            email=contact.email.lower(),
            name=contact.name,
            contact=contact,
            expires_at=timezone.now() + INVITED_LASTS,
        )
        record(ACCOUNT_INVITED, invited, by=by, stream=contact, data={"name": contact.name})
        return invited

    @classmethod
    def of_token(cls, token: str) -> "Joining | None":
        """What the mailed link belongs to, once and in time; None for any other."""
        digest = digest_of(token)
        return cls.objects.filter(digest=digest, used_at=None, expires_at__gt=timezone.now()).first()

    def new_token(self) -> str:
        """The token for the mail, kept only as its hash."""
        token = secrets.token_urlsafe(24)
        self.digest = digest_of(token)
        self.save(update_fields=["digest"])
        return token

    @transaction.atomic
    def accept(self, *, password: str | None) -> Person | None:
        """The link was used: he has an account, or his account has this new password. Once; None the second time.

        Who comes in by another house may have no password, or keeps the one he has."""
        waiting = Joining.objects.filter(email=self.email, used_at=None)
        if not waiting.filter(pk=self.pk).update(used_at=timezone.now()):
            return None
        waiting.update(used_at=timezone.now())
        person = Person.objects.filter(email__iexact=self.email).first()
        if person is None:
            return Account.welcome(email=self.email, name=self.name, password=password)
        elif person.is_customer and (person.is_active or self.contact):
            if password:
                person.change_password(password, by=person)
            self._return(person)
            return person
        else:
            return None

    def _return(self, person: Person) -> None:
        """Somebody whose access had ended, and whom the desk invited again, is let in again."""
        if not person.is_active:
            person.become(by=person, is_active=True)
            known: list[Contact | None] = [*Contact.objects.reached_at(email=self.email)] or [self.contact]
            Account.objects.bulk_create(Account(person=person, contact=contact) for contact in known if contact)


class Sight(models.Model):
    """A contact's right to see everything of a business, not only what is his own; who decides gives it to others."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="sights")
    business = models.ForeignKey(Business, models.CASCADE, related_name="sights")
    decides = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_contact_sees_a_business_once", fields=["contact", "business"])]

    def __str__(self) -> str:
        return f"{self.contact} sees {self.business}"


class DeviceKind(Amended):
    """Phone, laptop, printer …: what the diagnostic rules and the lists speak of."""

    changed_event = DEVICE_KIND_CHANGED

    name = models.CharField(_("name"), max_length=60, unique=True)
    icon = models.CharField(_("icon"), max_length=40, default="device-laptop")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "DeviceKind":
        kind = cls.objects.create(**fields)
        record(DEVICE_KIND_ADDED, kind, by=by, data={"name": kind.name})
        return kind

    @property
    def is_used(self) -> bool:
        return Device.objects.filter(kind=self).exists()

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Take it away, and with it the rules about it. Raises ProtectedError while a device is of this kind."""
        record(DEVICE_KIND_REMOVED, self, by=by, data={"name": self.name})
        self.delete()

    @classmethod
    def asked_for(cls, asked: QueryDict) -> "DeviceKind | None":
        """The kind that a form being filled in speaks of: of its chosen `device`, else its chosen `kind`."""
        device, kind = row_key(asked.get("device")), row_key(asked.get("kind"))
        return cls.objects.filter(device__pk=device).first() if device else cls.objects.filter(pk=kind).first()


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, person: Person) -> "DeviceQuerySet":
        """The devices this person may know of: the staff all, a customer his, and of some businesses all."""
        if not person.is_customer:
            return self if person.may("crm.view") else self.none()
        his = Contact.objects.of_account(person).values("pk")
        seen = Business.objects.seen_by(person).values("pk")
        return self.filter(models.Q(owner__in=his) | models.Q(business__in=seen))

    def matching(self, words: str) -> "DeviceQuerySet":
        """By the beginnings of words of kind, maker and model, or four digits of the serial number or IMEI."""
        return search.within(self, words, kinds=[DEVICE], unfinished=True)


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

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [
            models.Index(fields=["serial"]),
            models.Index(fields=["maker", "model", "id"], name="device_by_maker"),
            models.Index(fields=["added_at", "id"], name="device_by_age"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.maker, self.model) if part) or str(self.kind)

    @property
    def is_named(self) -> bool:
        """Whether it is called by more than its kind."""
        return bool(self.maker or self.model)

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, **fields: Any) -> "Device":
        device = cls.objects.create(**fields)
        record(DEVICE_ADDED, device, by=by, data={"name": str(device)})
        return device

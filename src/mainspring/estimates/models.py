"""Drafts, which change; estimates as they were sent and how they were answered, which never do."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.billing.arithmetic import Bill, Charge, ChargeKind
from mainspring.billing.issuing import deposit_bill, today
from mainspring.billing.models import Invoice
from mainspring.core.money import ZERO
from mainspring.core.shop import Shop
from mainspring.core.text import Translated, TranslatedField
from mainspring.estimates.events import ESTIMATE_TERMS_CHANGED
from mainspring.events.models import Actor, record
from mainspring.files.archive import Archive
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, UsedPart

DAYS = [MinValueValidator(1), MaxValueValidator(365)]
PERCENT = [MinValueValidator(ZERO), MaxValueValidator(Decimal(100))]


class Choice(models.TextChoices):
    """Whether the customer may choose a line."""

    ALWAYS = "always", _("always")
    ANY = "any", _("if wanted")
    ONE = "one", _("one of its group")


class Written(models.Model):
    """A line of an estimate, as it is written and as it was sent."""

    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ChargeKind])
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    description = models.CharField(_("description"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=4)
    unit_price = models.DecimalField(_("price"), max_digits=14, decimal_places=4)
    discount_percent = models.DecimalField(_("discount"), max_digits=6, decimal_places=3, default=ZERO)
    tax_percent = models.DecimalField(_("tax"), max_digits=6, decimal_places=3)
    choice = models.CharField(_("choice"), max_length=6, choices=Choice, default=Choice.ALWAYS)
    group = models.CharField(_("group"), max_length=80, blank=True, db_column="option_group")

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.description

    @property
    def charge(self) -> Charge:
        return Charge(
            key=f"{self._meta.model_name}:{self.pk}",
            kind=ChargeKind(self.kind),
            description=self.description,
            quantity=self.quantity,
            unit_price=self.unit_price,
            discount_percent=self.discount_percent,
            tax_percent=self.tax_percent,
        )


class Terms(models.Model):
    """On which terms estimates begin: validity, deposit, when to remind, what stands at their end. One row."""

    valid_days = models.PositiveSmallIntegerField(_("valid for days"), default=14, validators=DAYS)
    deposit_percent = models.DecimalField(
        _("deposit in per cent"), max_digits=6, decimal_places=3, default=ZERO, validators=PERCENT
    )
    remind_days = models.PositiveSmallIntegerField(
        _("remind the customer, days before it ends"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("0: not at all. Whoever has answered is not reminded."),
    )
    text = TranslatedField(_("text at the end of an estimate"), default=Translated, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_set_of_terms", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "terms"

    @classmethod
    def get(cls) -> "Terms":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    @transaction.atomic
    def change(cls, *, by: Actor, **columns: Any) -> None:
        """New ones, for estimates that are begun from now on; the trail keeps before and after."""
        terms = cls.get()
        changes = {
            name: [str(getattr(terms, name)), str(value)]
            for name, value in columns.items()
            if getattr(terms, name) != value
        }
        if changes:
            for name, value in columns.items():
                setattr(terms, name, value)
            terms.save()
            record(ESTIMATE_TERMS_CHANGED, terms, by=by, data={"changes": changes})


class Draft(models.Model):
    """The estimate of a ticket that is being written. Sent, it becomes an Estimate and starts anew."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="+")
    text = models.TextField(_("text to the customer"), blank=True, max_length=4000)
    valid_days = models.PositiveSmallIntegerField(_("valid for days"), default=14, validators=DAYS)
    deposit_percent = models.DecimalField(
        _("deposit in per cent"), max_digits=6, decimal_places=3, default=ZERO, validators=PERCENT
    )
    deposit_amount = models.DecimalField(
        _("deposit"), max_digits=14, decimal_places=3, default=ZERO, validators=[MinValueValidator(ZERO)]
    )

    def __str__(self) -> str:
        return str(self.ticket)

    @classmethod
    def of(cls, ticket: Ticket) -> "Draft":
        """The ticket's draft; a new one, not saved yet, on the shop's terms."""
        terms = Terms.get()
        begun = cls.objects.filter(ticket=ticket).first()
        return begun or cls(ticket=ticket, valid_days=terms.valid_days, deposit_percent=terms.deposit_percent)


class DraftLine(Written):
    """A line that is being written."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="lines")


class EstimateQuerySet(models.QuerySet["Estimate"]):
    def visible_to(self, person: Person) -> "EstimateQuerySet":
        """The only door: the estimates of the tickets this person may know of."""
        if not person.is_customer and not person.may("estimates.view"):
            return self.none()
        return self.filter(ticket__in=Ticket.objects.visible_to(person))

    def waiting(self) -> "EstimateQuerySet":
        """Those that can still be approved. Their end bounds them, so that the index on it finds them."""
        return self.filter(answer=None, valid_until__gte=latest_day())

    def expired(self) -> "EstimateQuerySet":
        """Those whose time ran out, noted already or not yet."""
        over = models.Q(answer=None, valid_until__lt=latest_day())
        return self.filter(over | models.Q(answer__kind=Answer.Kind.EXPIRED))

    def answered(self, kind: str) -> "EstimateQuerySet":
        return self.filter(answer__kind=kind)

    def with_answers(self) -> "EstimateQuerySet":
        """With their lines, and what a list says of ticket and answer."""
        about = ("ticket__contact", "ticket__business", "answer__deposit__standing")
        return self.select_related(*about).prefetch_related("lines")


class Estimate(models.Model):
    """An estimate as it was sent. Frozen: a change is a further version."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    valid_until = models.DateField(_("valid until"))
    deposit_percent = models.DecimalField(max_digits=6, decimal_places=3, default=ZERO)
    deposit_amount = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField()
    is_exempt = models.BooleanField()
    sent_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[EstimateQuerySet] = EstimateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="estimates_of_a_ticket"),
            models.Index(fields=["valid_until", "id"], name="estimates_by_their_end"),
        ]
        constraints = [models.UniqueConstraint(name="a_version_is_sent_once", fields=["number", "version"])]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"EST-{self.number:06}" + (f"-{self.version}" if self.version > 1 else "")

    @property
    def answered(self) -> "Answer | None":
        return Answer.objects.filter(estimate=self).first()

    @property
    def state(self) -> str:
        """`sent`, or what became of it: `approved`, `declined`, `withdrawn`, `expired`."""
        answer = getattr(self, "answer", None)
        return str(answer.kind) if answer else "expired" if latest_day() > self.valid_until else "sent"

    @property
    def is_expired(self) -> bool:
        return today(Shop.get()) > self.valid_until

    def bill(self, lines: "list[EstimateLine]") -> Bill:
        """What these lines come to, by billing's one engine, on the terms of the day it was sent."""
        return Bill.of(
            [line.charge for line in lines],
            [],
            currency=self.currency,
            prices_include_tax=self.prices_include_tax,
            exempt=self.is_exempt,
        )

    def deposit_share(self, bill: Bill) -> Fraction:
        """Which part of the whole is to be paid in advance."""
        if self.deposit_amount and bill.total:
            return Fraction(self.deposit_amount) / Fraction(bill.total)
        return Fraction(self.deposit_percent) / 100

    def deposit(self, bill: Bill) -> Decimal:
        return deposit_bill(bill, "", self.deposit_share(bill), shop=self.terms, exempt=self.is_exempt).total

    @property
    def terms(self) -> Shop:
        """The shop on the terms of the estimate; never saved."""
        shop = Shop.get()
        shop.currency, shop.prices_include_tax = self.currency, self.prices_include_tax
        return shop

    def chosen(self, picked: set[int]) -> "list[EstimateLine]":
        """The lines that a choice comes to: what is always in it, what was ticked, one of each group of one."""
        lines = list(self.lines.all())
        taken = {line.pk for line in lines if line.choice == Choice.ALWAYS}
        taken |= {line.pk for line in lines if line.choice == Choice.ANY and line.pk in picked}
        for group in dict.fromkeys(line.group for line in lines if line.choice == Choice.ONE):
            options = [line.pk for line in lines if line.choice == Choice.ONE and line.group == group]
            taken.add(next((pk for pk in options if pk in picked), options[0]))
        return [line for line in lines if line.pk in taken]


class EstimateLine(Written):
    """A line of a sent estimate. Frozen."""

    estimate = models.ForeignKey(Estimate, models.PROTECT, related_name="lines")


class Answer(models.Model):
    """What became of an estimate, once: approved, declined, withdrawn, expired. Frozen, with the evidence."""

    class Kind(models.TextChoices):
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    estimate = models.OneToOneField(Estimate, models.PROTECT, related_name="answer")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True, help_text="The exact text that was signed.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the text.")
    signature = models.BinaryField(default=bytes, help_text="The drawing as a PNG; empty when the name was typed.")
    address = models.CharField(max_length=60, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=3, default=ZERO)
    chosen = models.JSONField(default=list)
    deposit = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-estimate"], name="answers_by_kind")]

    def __str__(self) -> str:
        return self.kind

    @staticmethod
    def hash_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


class ArchivedEstimate(Archive):
    """The PDF of an estimate, as it was sent or as it was signed. Frozen."""

    estimate = models.ForeignKey(Estimate, models.PROTECT, related_name="+")
    is_signed = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(name="an_estimate_is_printed_once", fields=["estimate", "is_signed"])]


class ApprovedCharge(models.Model):
    """An approved part or free line that is to be charged. A part leaves the shelf when the technician takes it."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    line = models.OneToOneField(EstimateLine, models.PROTECT, related_name="+")
    part = models.OneToOneField(UsedPart, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"], name="approved_of_a_ticket")]

    def __str__(self) -> str:
        return str(self.line)

    @property
    def key(self) -> str:
        return f"approvedcharge:{self.pk}"


def columns_of(line: Written) -> dict[str, Any]:
    """The columns of a line that go from a draft to an estimate and back."""
    return {field.attname: getattr(line, field.attname) for field in Written._meta.fields if field.name != "id"}


def latest_day() -> date:
    """The day that it still is somewhere: what ended before it is over in every zone, the shop's among them.

    The lists go by it without asking for the shop; the task notes the end to the minute, and the page checks it.
    """
    return (timezone.now() - timedelta(hours=12)).date()


def valid_until(shop: Shop, days: int) -> date:
    return date.fromordinal(today(shop).toordinal() + days)

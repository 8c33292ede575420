"""Issued papers. Frozen in the database: a correction is a paper of its own."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.money import ZERO
from mainspring.crm.models import Business, Contact
from mainspring.files.archive import Archive
from mainspring.tickets.models import Ticket

HALF = Decimal("0.0005")
"""Half the smallest unit of any currency. SQLite adds in floating point, where 0.1 + 0.2 is not 0.3."""


def money(**more: object) -> "models.DecimalField[Decimal, Decimal]":
    """A column of money: 14 digits, 3 of them for the currencies that have them."""
    return models.DecimalField(max_digits=14, decimal_places=3, **more)  # type: ignore[arg-type]


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, person: Person) -> "InvoiceQuerySet":
        """The only door: the papers of the tickets this person may know of. The staff needs the right to see money."""
        if not person.is_customer and not person.may("billing.view"):
            return self.none()
        return self.filter(ticket__in=Ticket.objects.visible_to(person))

    def invoices(self) -> "InvoiceQuerySet":
        return self.filter(kind=Invoice.Kind.INVOICE)

    def unpaid(self) -> "InvoiceQuerySet":
        return self.filter(kind=Invoice.Kind.INVOICE, standing__balance__gt=0)

    def overdue(self, today: date) -> "InvoiceQuerySet":
        return self.unpaid().filter(due_on__lt=today)

    def of_ticket(self, ticket: Ticket) -> "InvoiceQuerySet":
        return self.filter(ticket=ticket).select_related("standing", "corrects").order_by("id")


class Invoice(models.Model):
    """An invoice or credit note as it was issued. No column of it ever changes; see Standing for what does."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class Purpose(models.TextChoices):
        DIAGNOSTIC = "diagnostic", _("Diagnostic fee")
        DEPOSIT = "deposit", _("Deposit")
        FINAL = "final", _("Final invoice")
        REVERSE = "reverse", _("Cancellation")

    kind = models.CharField(max_length=12, choices=Kind)
    purpose = models.CharField(max_length=12, choices=Purpose)
    series = models.CharField(max_length=20)
    number = models.PositiveBigIntegerField()
    code = models.CharField(_("number"), max_length=30, unique=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="credit_notes")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    business = models.ForeignKey(Business, models.PROTECT, null=True, related_name="+")
    customer_name = models.CharField(max_length=200)
    customer_address = models.JSONField(default=dict)
    customer_tax_number = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField(_("date"))
    issued_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(_("due"))
    prices_include_tax = models.BooleanField()
    is_exempt = models.BooleanField(default=False)
    discount = money(default=ZERO)
    net = money()
    tax = money()
    total = money()
    work_performed = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    objects: ClassVar[InvoiceQuerySet] = InvoiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["ticket", "id"]),
            models.Index(fields=["-issued_on", "-id"]),
            models.Index(fields=["due_on", "id"], name="invoices_by_due_day"),
            models.Index(fields=["total", "id"], name="invoices_by_total"),
        ]
        constraints = [
            models.UniqueConstraint(name="a_number_is_given_once_in_a_series", fields=["series", "number"]),
            models.CheckConstraint(name="an_invoice_is_never_negative", condition=models.Q(total__gte=0)),
            models.CheckConstraint(
                name="total_is_net_and_tax",
                condition=models.Q(total__gt=models.F("net") + models.F("tax") - HALF)
                & models.Q(total__lt=models.F("net") + models.F("tax") + HALF),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_credit_note(self) -> bool:
        return self.kind == Invoice.Kind.CREDIT_NOTE


class Line(models.Model):
    """A line of an issued paper, with the charge that made it. Frozen with the paper."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=60, help_text="The charge behind it, e.g. labour:7.")
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=10, blank=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    discount = money(default=ZERO)
    document_discount = money(default=ZERO)
    amount = money()
    net = money()
    tax_percent = models.DecimalField(max_digits=6, decimal_places=3)
    reason = models.JSONField(default=dict, help_text="Why a deduction is what it is.")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="a_line_has_its_place", fields=["invoice", "position"])]

    def __str__(self) -> str:
        return self.description

    @property
    def paid_before(self) -> Decimal:
        """Of a deduction: what was paid on the fee's own invoice, in price units."""
        return Decimal(self.reason.get("paid", "0"))

    @property
    def labour(self) -> Decimal:
        """Of a deduction: the labour it is set against, in price units."""
        return Decimal(self.reason.get("labour", "0"))


class TaxLine(models.Model):
    """The tax of one rate on an issued paper. Frozen with the paper."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes")
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    net = money()
    tax = money()

    class Meta:
        ordering = ["-percent"]
        constraints = [models.UniqueConstraint(name="a_rate_stands_once_on_a_paper", fields=["invoice", "percent"])]

    def __str__(self) -> str:
        return f"{self.percent} %"


class Standing(models.Model):
    """How an invoice stands: what was paid and cancelled of it. A cache of the ledgers; `recount` checks it."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="standing")
    paid = money(default=ZERO)
    credited = money(default=ZERO)
    balance = money(default=ZERO)
    paid_at = models.DateTimeField(null=True)
    pay_serial = models.PositiveSmallIntegerField(default=1, help_text="Raised to revoke the payment link.")

    class Meta:
        indexes = [models.Index(fields=["balance"], name="unpaid_invoices", condition=models.Q(balance__gt=0))]
        constraints = [models.CheckConstraint(name="nobody_owes_less_than_nothing", condition=models.Q(balance__gte=0))]

    def __str__(self) -> str:
        return str(self.balance)


class Archived(Archive):
    """The PDF of an issued paper. Frozen."""

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="archived")

"""Money that came and went: ledgers, and what the payment providers told us."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.billing.models.document import Invoice, money
from mainspring.crm.models import Business, Contact


class Payment(models.Model):
    """A line of the payment ledger: positive came in, negative went out. Never changed; a mistake is refunded."""

    class Method(models.TextChoices):
        LINK = "link", _("payment link")
        PHONE = "phone", _("card by phone")
        CASH = "cash", _("cash")
        TRANSFER = "transfer", _("bank transfer")
        CARD = "card", _("card at the counter")
        CREDIT = "credit", _("customer credit")
        OTHER = "other", _("other")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    amount = money()
    method = models.CharField(_("method"), max_length=12, choices=Method)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    refunds = models.ForeignKey("self", models.PROTECT, null=True, related_name="refunded_by")
    gateway = models.CharField(max_length=30, blank=True)
    gateway_ref = models.CharField(max_length=120, blank=True)
    actor = models.CharField(max_length=60, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"]), models.Index(fields=["invoice", "id"])]
        constraints = [
            models.CheckConstraint(name="a_payment_is_an_amount", condition=~models.Q(amount=0)),
            models.UniqueConstraint(
                name="a_gateways_payment_is_booked_once",
                fields=["gateway", "gateway_ref"],
                condition=~models.Q(gateway_ref=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"


class CreditEntry(models.Model):
    """A line of the customer's credit: what he paid over, and what was used of it. Never changed."""

    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    business = models.ForeignKey(Business, models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    amount = money()
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+", help_text="Where it came from or went to.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["contact"]), models.Index(fields=["business"])]
        constraints = [models.CheckConstraint(name="a_credit_is_an_amount", condition=~models.Q(amount=0))]

    def __str__(self) -> str:
        return str(self.amount)


class Attempt(models.Model):
    """A try to pay by a gateway. Its key is stored before the provider is called, so a retry charges nothing twice."""

    class State(models.TextChoices):
        STARTED = "started"
        PAID = "paid"
        FAILED = "failed"
        HELD = "held"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=30)
    key = models.CharField(max_length=60, unique=True)
    amount = money()
    currency = models.CharField(max_length=3)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    pay_url = models.URLField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class GatewayCall(models.Model):
    """What a payment provider told us, kept before it is understood. The same event is kept once."""

    gateway = models.CharField(max_length=30)
    event_id = models.CharField(max_length=120)
    body = models.JSONField()
    outcome = models.CharField(max_length=200, blank=True)
    arrived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_gateways_event_is_kept_once", fields=["gateway", "event_id"]),
        ]

    def __str__(self) -> str:
        return self.event_id

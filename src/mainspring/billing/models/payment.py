"""Money that came and went: ledgers, and what the payment providers told us."""

import json
import secrets
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.billing.events import GATEWAY_CHANGED, PAYMENT_MENDED
from mainspring.billing.models.document import Invoice, Standing, money
from mainspring.core.money import ZERO
from mainspring.core.sealing import Broken, seal, unseal
from mainspring.crm.models import Business, Contact
from mainspring.events.models import Actor, record


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
                fields=["gateway", "gateway_ref", "invoice"],
                condition=~models.Q(gateway_ref=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"

    @property
    def together(self) -> Decimal:
        """What came by the same payment at the provider, over all invoices it paid."""
        if not self.gateway_ref:
            return self.amount
        shares = Payment.objects.filter(gateway=self.gateway, gateway_ref=self.gateway_ref)
        return sum(shares.values_list("amount", flat=True), ZERO)


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
    """A try to pay one invoice or several by a gateway, each its share. Its key is stored before the provider is
    called, so a retry charges nothing twice."""

    class State(models.TextChoices):
        STARTED = "started", _("started")
        PENDING = "pending", _("paid, the money is on its way")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("not paid in time")
        HELD = "held", _("held")

    invoices: "models.ManyToManyField[Invoice, Share]" = models.ManyToManyField(
        Invoice, through="Share", related_name="attempts"
    )
    payer = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who pays; by a link each invoice's own customer.",
    )
    gateway = models.CharField(max_length=30)
    key = models.CharField(max_length=60, unique=True)
    amount = money()
    currency = models.CharField(max_length=3)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    pay_url = models.URLField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STARTED)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"], name="open_attempts", condition=models.Q(state__in=("started", "pending"))
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_open(self) -> bool:
        """Whether the provider may still say that it is paid."""
        return self.state in (Attempt.State.STARTED, Attempt.State.PENDING)

    def become(self, state: str) -> None:
        """Say how it went. What is paid stays paid, however late another word comes."""
        Attempt.objects.filter(pk=self.pk).exclude(state=Attempt.State.PAID).update(state=state)

    @transaction.atomic
    def locked_shares(self) -> "list[Share]":
        """Its shares, with how their invoices stand locked: always in the order of the invoices, so that two payments
        never wait for each other."""
        list(Standing.objects.select_for_update().filter(invoice__in=self.invoices.all()).order_by("invoice_id"))
        return list(self.shares.select_related("invoice__ticket", "invoice__contact"))

    @property
    def first(self) -> Invoice:
        """The invoice that stands for all of them, where only one can be named."""
        return self.shares.select_related("invoice__standing")[0].invoice

    @property
    def codes(self) -> str:
        return ", ".join(share.invoice.code for share in self.shares.select_related("invoice"))


class Share(models.Model):
    """What an attempt pays of one invoice. All shares together are the attempt's amount."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="shares")
    amount = money()

    class Meta:
        ordering = ["invoice_id"]
        constraints = [
            models.UniqueConstraint(name="an_attempt_pays_an_invoice_once", fields=["attempt", "invoice"]),
            models.CheckConstraint(name="a_share_is_an_amount", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.amount)


def new_key() -> str:
    """The key by which a provider knows our request again."""
    return secrets.token_hex(16)


class PayBack(models.Model):
    """A refund that a provider is asked for, of a payment or of held money. Its key is stored before the provider is
    called, so a retry pays once."""

    class State(models.TextChoices):
        ASKED = "asked", _("the provider is being asked")
        PENDING = "pending", _("the money is on its way back")
        DONE = "done", _("paid back")
        FAILED = "failed", _("refused by the provider")

    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="paybacks")
    held = models.ForeignKey("HeldMoney", models.PROTECT, null=True, related_name="paybacks")
    amount = money()
    key = models.CharField(max_length=60, unique=True, default=new_key)
    reference = models.CharField(max_length=120, blank=True)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    why = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=60, blank=True)
    actor_name = models.CharField(max_length=150, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_payback_is_an_amount", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_payback_is_of_one_thing",
                condition=models.Q(payment=None, held__isnull=False) | models.Q(payment__isnull=False, held=None),
            ),
            models.UniqueConstraint(
                name="held_money_is_paid_back_once",
                fields=["held"],
                condition=models.Q(held__isnull=False, state__in=("asked", "pending", "done")),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def actor_key(self) -> str:
        return self.actor

    @property
    def source(self) -> "Payment | HeldMoney":
        """What is paid back."""
        found = self.payment or self.held
        assert found is not None, "the database keeps it so"
        return found

    @property
    def invoice(self) -> Invoice:
        return self.source.invoice

    @property
    def currency(self) -> str:
        return self.held.currency if self.held else self.invoice.currency

    @property
    def is_under_way(self) -> bool:
        return self.state in (PayBack.State.ASKED, PayBack.State.PENDING)


class HeldMoney(models.Model):
    """Money a provider speaks of that does not fit what we know: kept, and shown until somebody mends it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="held")
    gateway = models.CharField(max_length=30)
    gateway_ref = models.CharField(max_length=120)
    amount = money()
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.CharField(max_length=150, blank=True)
    mend = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="money_is_held_once", fields=["gateway", "gateway_ref"])]
        indexes = [models.Index(fields=["id"], name="held_money", condition=models.Q(mended_at=None))]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @transaction.atomic
    def be_mended(self, mend: str, *, by: Actor | None) -> None:
        """Say what was done about it, once."""
        self.mended_at, self.mended_by, self.mend = timezone.now(), by.actor_name if by else "", mend[:300]
        self.save(update_fields=["mended_at", "mended_by", "mend"])
        told = {"code": self.invoice.code, "mend": mend}
        record(PAYMENT_MENDED, self.invoice, by=by, stream=self.invoice.ticket, data=told)

    def be_open_again(self) -> None:
        """What was done about it came to nothing."""
        self.mended_at, self.mended_by, self.mend = None, "", ""
        self.save(update_fields=["mended_at", "mended_by", "mend"])


class GatewayCall(models.Model):
    """What a payment provider told us, kept before it is understood. The same event is kept once."""

    gateway = models.CharField(max_length=30)
    event_id = models.CharField(max_length=120)
    body = models.JSONField()
    outcome = models.CharField(max_length=200, blank=True)
    about = models.CharField(
        max_length=120, blank=True, help_text="Of a call that waits for its payment: the provider's name for that."
    )
    is_waiting = models.BooleanField(default=True, help_text="Not understood yet, or its payment is not known yet.")
    arrived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="waiting_calls", condition=models.Q(is_waiting=True)),
            models.Index(
                fields=["gateway", "about"], name="calls_that_wait_for_a_payment", condition=models.Q(is_waiting=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="a_gateways_event_is_kept_once", fields=["gateway", "event_id"]),
        ]

    def __str__(self) -> str:
        return self.event_id


class SentForm(models.Model):
    """A form of money that was sent. Sent twice, by a second click or a second try, it acts once."""

    key = models.UUIDField(unique=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.key)

    @classmethod
    def is_new(cls, key: str, invoice: Invoice) -> bool:
        """Whether it was not sent before. In the transaction of its act: what is refused may be sent again.

        A form without a key is always new.
        """
        try:
            meant = UUID(key)
        except ValueError:
            return True
        return cls.objects.get_or_create(key=meant, defaults={"invoice": invoice})[1]


class GatewayAccount(models.Model):
    """The shop's account with a payment provider. Its secrets are sealed, and never shown again."""

    gateway = models.CharField(max_length=30, unique=True)
    is_on = models.BooleanField(_("customers can pay with it"), default=False)
    sealed = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return self.gateway

    @classmethod
    def of(cls, gateway: str) -> "GatewayAccount":
        """The account; an empty one that is off before anything was saved."""
        return cls.objects.filter(gateway=gateway).first() or cls(gateway=gateway)

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets by name; none when they can't be opened, so that nothing is trusted by half a key."""
        try:
            opened: dict[str, str] = json.loads(unseal(bytes(self.sealed), context=self._context) or "{}")
        except (Broken, ValueError):
            return {}
        return opened

    @transaction.atomic
    def put(self, *, is_on: bool, by: Actor, **given: str) -> None:
        """Switch it on or off and keep the secrets that were given; an empty one leaves the one that is there."""
        new = {name: value for name, value in given.items() if value}
        if new or is_on != self.is_on:
            self.is_on, self.sealed = is_on, seal(json.dumps(self.secrets | new), context=self._context)
            self.save()
            data: dict[str, Any] = {"gateway": self.gateway, "is_on": is_on, "new": sorted(new)}
            record(GATEWAY_CHANGED, self, by=by, data=data)

    @property
    def _context(self) -> str:
        return f"secrets of the gateway {self.gateway}"

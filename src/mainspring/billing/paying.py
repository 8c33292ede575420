"""Paying by link: the signed address, the page's sum, what a provider's word becomes."""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from mainspring.billing.events import PAYMENT_HELD
from mainspring.billing.gateways import Gateway, gateways
from mainspring.billing.models import Attempt, Invoice, Payment
from mainspring.billing.settling import settle
from mainspring.core.links import link
from mainspring.core.tokens import is_signed, sign
from mainspring.events.models import record

KEY_LENGTH = 32


def pay_token(invoice: Invoice) -> str:
    value = f"{invoice.pk}.{invoice.standing.pay_serial}"
    return f"{value}.{sign('pay', value, length=KEY_LENGTH)}"


def pay_link(invoice: Invoice) -> str:
    """The address where this invoice is paid; raising the standing's `pay_serial` revokes it."""
    return link("pay", pay_token(invoice))


def invoice_of_token(token: str) -> Invoice | None:
    """The invoice a link was made for; None for a wrong or revoked one."""
    pk, serial, tag = (token.split(".") + ["", "", ""])[:3]
    if not (pk.isdigit() and len(pk) < 18 and len(tag) == KEY_LENGTH and is_signed("pay", f"{pk}.{serial}", tag)):
        return None
    invoice = Invoice.objects.select_related("standing", "ticket", "contact").filter(pk=pk).first()
    return invoice if invoice and str(invoice.standing.pay_serial) == serial else None


def start(invoice: Invoice, gateway: Gateway) -> Attempt:
    """A try to pay the balance, by the server's sum. The key is in the database before the provider is called."""
    with transaction.atomic():
        attempt = Attempt.objects.create(
            invoice=invoice,
            gateway=gateway.name,
            key=secrets.token_hex(16),
            amount=invoice.standing.balance,
            currency=invoice.currency,
        )
    checkout = gateway.start(attempt, return_url=pay_link(invoice))
    attempt.external_id, attempt.pay_url = checkout.external_id, checkout.pay_url
    attempt.save(update_fields=["external_id", "pay_url"])
    return attempt


@dataclass(frozen=True)
class Received:
    """What a provider says it received for one of our attempts."""

    gateway: str
    key: str
    reference: str
    amount: Decimal
    currency: str

    @transaction.atomic
    def book(self) -> Payment | None:
        """Book it once. What does not fit the attempt is held and shown, never booked."""
        attempt = Attempt.objects.select_for_update().filter(gateway=self.gateway, key=self.key).first()
        if attempt is None:
            return None
        known = Payment.objects.filter(gateway=self.gateway, gateway_ref=self.reference).first()
        if known is not None:
            return known
        invoice = attempt.invoice
        if self.amount != attempt.amount or self.currency != attempt.currency:
            attempt.state = Attempt.State.HELD
            attempt.save(update_fields=["state"])
            why = f"{self.amount} {self.currency} came for {attempt.amount} {attempt.currency}"
            record(PAYMENT_HELD, invoice, by=None, stream=invoice.ticket, data={"code": invoice.code, "why": why})
            return None
        attempt.state = Attempt.State.PAID
        attempt.save(update_fields=["state"])
        return settle(
            invoice,
            self.amount,
            method=Payment.Method.LINK,
            by=invoice.contact,
            reference=self.reference,
            gateway=self.gateway,
            gateway_ref=self.reference,
        )


def offered() -> list[Gateway]:
    """The gateways this shop has switched on."""
    return [gateway for name in gateways.names() if (gateway := gateways[name]()).is_ready()]

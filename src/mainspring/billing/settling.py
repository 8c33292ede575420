"""Settling: payments, refunds, credit, and how an invoice stands after them."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from mainspring.billing.events import CREDIT_KEPT, CREDIT_USED, INVOICE_PAID, PAYMENT_RECEIVED, PAYMENT_REFUNDED
from mainspring.billing.models import CreditEntry, Invoice, Payment, Standing
from mainspring.core.money import ZERO, round_money
from mainspring.events.models import Actor, record


class Unsettled(ValueError):
    """The payment or refund can't be booked; the sentence says why."""


@transaction.atomic
def settle(
    invoice: Invoice,
    amount: Decimal,
    *,
    method: str,
    by: Actor | None,
    reference: str = "",
    gateway: str = "",
    gateway_ref: str = "",
) -> Payment:
    """Book a payment. The same gateway reference twice is one payment; what is paid over becomes credit."""
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    booked = Payment.objects.filter(gateway=gateway, gateway_ref=gateway_ref).first() if gateway_ref else None
    if booked is not None:
        return booked
    if amount <= ZERO or amount != round_money(amount, invoice.currency):
        raise Unsettled(f"{amount} is no amount of {invoice.currency} that can be paid.")
    payment = _book(
        invoice, amount, method=method, by=by, reference=reference, gateway=gateway, gateway_ref=gateway_ref
    )
    record(
        PAYMENT_RECEIVED,
        payment,
        by=by,
        stream=invoice.ticket,
        data={"amount": _shown(amount, invoice), "code": invoice.code, "method": payment.get_method_display()},
    )
    keep_as_credit(invoice, amount - standing.balance, by=by)
    restand(invoice, by=by)
    return payment


@transaction.atomic
def refund(
    payment: Payment, amount: Decimal, *, by: Actor | None, reference: str = "", gateway_ref: str = ""
) -> Payment:
    """Pay a payment back, whole or in part; never more than is left of it on its invoice."""
    invoice = payment.invoice
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    left = payment.amount + _sum(payment.refunded_by, "amount", invoice)
    if not ZERO < amount <= min(left, standing.paid) or amount != round_money(amount, invoice.currency):
        raise Unsettled(f"{amount} can't be paid back: {min(left, standing.paid)} is left of this payment.")
    back = _book(
        invoice,
        -amount,
        method=payment.method,
        by=by,
        reference=reference,
        gateway=payment.gateway if gateway_ref else "",
        gateway_ref=gateway_ref,
        refunds=payment,
    )
    record(
        PAYMENT_REFUNDED,
        back,
        by=by,
        stream=invoice.ticket,
        data={"amount": _shown(amount, invoice), "code": invoice.code},
    )
    restand(invoice, by=by)
    return back


@transaction.atomic
def use_credit(invoice: Invoice, amount: Decimal, *, by: Actor | None) -> Payment:
    """Pay with the customer's credit; never more than he has or owes."""
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    if not ZERO < amount <= min(credit_of(invoice), standing.balance):
        raise Unsettled(f"{amount} can't be used: the credit is {credit_of(invoice)}, owed are {standing.balance}.")
    _credit(invoice, -amount)
    payment = _book(invoice, amount, method=Payment.Method.CREDIT, by=by)
    record(
        CREDIT_USED,
        invoice,
        by=by,
        stream=invoice.ticket,
        data={"amount": _shown(amount, invoice), "code": invoice.code},
    )
    restand(invoice, by=by)
    return payment


def credit_of(invoice: Invoice) -> Decimal:
    """What the invoice's customer has paid over and not used, in its currency."""
    owner = {"business": invoice.business} if invoice.business_id else {"contact": invoice.contact}
    entries = CreditEntry.objects.filter(currency=invoice.currency, **owner)
    if not invoice.business_id:
        entries = entries.filter(business=None)
    return _sum(entries, "amount", invoice)


def keep_as_credit(invoice: Invoice, amount: Decimal, *, by: Actor | None) -> None:
    """Move money of an invoice into the customer's credit: what was paid over, or paid on a cancelled one."""
    if amount > ZERO:
        _book(invoice, -amount, method=Payment.Method.CREDIT, by=by)
        _credit(invoice, amount)
        record(
            CREDIT_KEPT,
            invoice,
            by=by,
            stream=invoice.ticket,
            data={"amount": _shown(amount, invoice), "code": invoice.code},
        )


def restand(invoice: Invoice, *, by: Actor | None) -> Standing:
    """Recount how an invoice stands from the ledgers; says once when it is paid."""
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    standing.paid = _sum(invoice.payments, "amount", invoice)
    standing.credited = _sum(invoice.credit_notes, "total", invoice)
    standing.balance = invoice.total - standing.credited - standing.paid
    is_paid = standing.balance == ZERO and (standing.credited < invoice.total or invoice.total == ZERO)
    if is_paid and standing.paid_at is None:
        standing.paid_at = timezone.now()
        standing.save()
        record(
            INVOICE_PAID, invoice, by=by, stream=invoice.ticket, data={"code": invoice.code, "purpose": invoice.purpose}
        )
    else:
        standing.paid_at = standing.paid_at if is_paid else None
        standing.save()
    return standing


def _sum(rows: Any, column: str, invoice: Invoice) -> Decimal:
    """The sum of a column of money, to the cent: SQLite adds decimals as floats."""
    return round_money(rows.aggregate(sum=Sum(column))["sum"] or ZERO, invoice.currency)


def _book(invoice: Invoice, amount: Decimal, *, method: str, by: Actor | None, **more: object) -> Payment:
    return Payment.objects.create(
        invoice=invoice,
        amount=amount,
        method=method,
        actor=by.actor_key if by else "",
        actor_name=by.actor_name if by else "",
        **more,
    )


def _credit(invoice: Invoice, amount: Decimal) -> None:
    CreditEntry.objects.create(
        contact=None if invoice.business_id else invoice.contact,
        business=invoice.business,
        currency=invoice.currency,
        amount=amount,
        invoice=invoice,
    )


def _shown(amount: Decimal, invoice: Invoice) -> str:
    return f"{amount:f} {invoice.currency}"

"""Settling: payments, refunds, credit, and how an invoice stands after them."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from mainspring.billing.events import CREDIT_KEPT, CREDIT_USED, INVOICE_PAID, PAYMENT_RECEIVED, PAYMENT_REFUNDED
from mainspring.billing.models import CreditEntry, Invoice, PayBack, Payment, Standing
from mainspring.core.money import ZERO, record_money, round_money, sum_money
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
    booked = invoice.payments.filter(gateway=gateway, gateway_ref=gateway_ref).first() if gateway_ref else None
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
        data={
            "amount": record_money(amount, invoice.currency),
            "code": invoice.code,
            "method": payment.get_method_display(),
        },
    )
    keep_as_credit(invoice, amount - standing.balance, by=by)
    restand(invoice, by=by)
    return payment


@transaction.atomic
def refund(
    payment: Payment, amount: Decimal, *, by: Actor | None, reference: str = "", gateway_ref: str = ""
) -> Payment:
    """Pay a payment back, whole or in part; never more than is left of it.

    What of it was kept as credit (paid over, or its invoice was cancelled) is taken out of the credit. The same gateway
    reference twice is one refund. What was paid with credit is credit again.
    """
    invoice = payment.invoice
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    booked = invoice.payments.filter(gateway=payment.gateway, gateway_ref=gateway_ref).first() if gateway_ref else None
    if booked is not None:
        return booked
    left = refundable(payment)
    if not ZERO < amount <= left or amount != round_money(amount, invoice.currency):
        raise Unsettled(f"{amount} can't be paid back: {left} is left of this payment.")
    if amount > standing.paid:
        _credit(invoice, standing.paid - amount)
        _book(invoice, amount - standing.paid, method=Payment.Method.CREDIT, by=by)
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
    if payment.method == Payment.Method.CREDIT:
        _credit(invoice, amount)
    record(
        PAYMENT_REFUNDED,
        back,
        by=by,
        stream=invoice.ticket,
        data={"amount": record_money(amount, invoice.currency), "code": invoice.code},
    )
    restand(invoice, by=by)
    return back


def refundable(payment: Payment) -> Decimal:
    """What is left of a payment: on its invoice, or kept as the customer's credit."""
    invoice = payment.invoice
    left = payment.amount + sum_money(payment.refunded_by.all(), "amount", invoice.currency)
    standing = Standing.objects.get(invoice=invoice)
    return max(ZERO, min(left, standing.paid + max(ZERO, min(credit_of(invoice), kept_of(invoice)))))


def asked_for(payment: Payment) -> Decimal:
    """What was asked back of a payment and is not booked yet."""
    asked = payment.paybacks.filter(state__in=[PayBack.State.ASKED, PayBack.State.PENDING])
    return sum_money(asked, "amount", payment.invoice.currency)


def kept_of(invoice: Invoice) -> Decimal:
    """What of this invoice's own payments went into the customer's credit."""
    return -sum_money(invoice.payments.filter(method=Payment.Method.CREDIT), "amount", invoice.currency)


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
        data={"amount": record_money(amount, invoice.currency), "code": invoice.code},
    )
    restand(invoice, by=by)
    return payment


@transaction.atomic
def carry_over(source: Invoice, invoice: Invoice, amount: Decimal, *, by: Actor | None) -> None:
    """Pay an invoice with what another one's payer has as credit, as far as it is owed. The rest stays his credit."""
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    used = min(amount, standing.balance, credit_of(source))
    if used > ZERO:
        _credit(source, -used)
        _book(invoice, used, method=Payment.Method.CREDIT, by=by, reference=source.code)
        record(
            CREDIT_USED,
            invoice,
            by=by,
            stream=invoice.ticket,
            data={"amount": record_money(used, invoice.currency), "code": invoice.code},
        )
        restand(invoice, by=by)


def credit_of(invoice: Invoice) -> Decimal:
    """What the invoice's customer has paid over and not used, in its currency."""
    entries = CreditEntry.objects.filter(currency=invoice.currency, business=invoice.business)
    if not invoice.business_id:
        owners = invoice.contact.he_and_merged() if invoice.contact else ()
        entries = entries.filter(contact__in=owners)
    return sum_money(entries, "amount", invoice.currency)


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
            data={"amount": record_money(amount, invoice.currency), "code": invoice.code},
        )


def restand(invoice: Invoice, *, by: Actor | None) -> Standing:
    """Recount how an invoice stands from the ledgers; says once when it is paid."""
    standing = Standing.objects.select_for_update().get(invoice=invoice)
    standing.paid = sum_money(invoice.payments.all(), "amount", invoice.currency)
    standing.credited = sum_money(invoice.credit_notes.all(), "total", invoice.currency)
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

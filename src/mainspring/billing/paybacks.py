"""Paying back through the provider: asked for with a key that is stored first, done by a durable task."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from mainspring.billing.events import REFUND_ASKED, REFUND_REFUSED
from mainspring.billing.gateways import gateways
from mainspring.billing.gateways.base import GatewayRefused
from mainspring.billing.hearing import hear
from mainspring.billing.models import HeldMoney, PayBack, Payment, Standing
from mainspring.billing.settling import Unsettled, asked_for, refundable
from mainspring.core.money import ZERO, record_money, round_money
from mainspring.events.models import Actor, record


@transaction.atomic
def ask_back(payment: Payment, amount: Decimal, *, by: Actor, reference: str = "") -> PayBack:
    """Have the provider pay back, whole or in part; never more than is left after what is asked for already."""
    invoice = payment.invoice
    Standing.objects.select_for_update().get(invoice=invoice)
    left = refundable(payment) - asked_for(payment)
    if not ZERO < amount <= left or amount != round_money(amount, invoice.currency):
        raise Unsettled(f"{amount} can't be paid back: {left} is left of this payment.")
    back = PayBack.objects.create(
        payment=payment, amount=amount, reference=reference, actor=by.actor_key, actor_name=by.actor_name
    )
    told = {"code": invoice.code, "amount": record_money(amount, invoice.currency)}
    record(REFUND_ASKED, invoice, by=by, stream=invoice.ticket, data=told)
    pay_back.enqueue(back.pk)
    return back


@transaction.atomic
def ask_held_back(held: HeldMoney, *, by: Actor) -> PayBack:
    """Have the provider pay back, whole, what came and does not fit. Once: another click asks for nothing more."""
    held = HeldMoney.objects.select_for_update().select_related("invoice").get(pk=held.pk)
    if held.mended_at is not None:
        raise Unsettled(_("It was dealt with already."))
    elif held.amount <= ZERO:
        raise Unsettled(_("This money went out: there is nothing to pay back."))
    elif any(back.is_under_way for back in held.paybacks.all()):
        raise Unsettled(_("The provider is being asked already."))
    back = PayBack.objects.create(held=held, amount=held.amount, actor=by.actor_key, actor_name=by.actor_name)
    told = {"code": held.invoice.code, "amount": record_money(held.amount, held.currency)}
    record(REFUND_ASKED, held.invoice, by=by, stream=held.invoice.ticket, data=told)
    pay_back.enqueue(back.pk)
    return back


@task()
def pay_back(pk: int) -> None:
    """Ask the provider. Run again, it asks with the same key, so that the provider pays once."""
    back = PayBack.objects.select_related("payment__invoice", "held__invoice").get(pk=pk)
    if back.state == PayBack.State.ASKED:
        gateway = gateways[back.source.gateway]()
        try:
            word = gateway.pay_back(back)
        except GatewayRefused as refusal:
            refused(back, str(refusal))
        else:
            hear(gateway.name, word)


@transaction.atomic
def refused(back: PayBack, why: str) -> None:
    """The provider said no: nothing moved."""
    back.state, back.why = PayBack.State.FAILED, why[:300]
    back.save(update_fields=["state", "why"])
    invoice = back.invoice
    told = {"code": invoice.code, "amount": record_money(back.amount, back.currency), "why": why}
    record(REFUND_REFUSED, invoice, by=None, stream=invoice.ticket, data=told)

"""Hearing the providers: what one says is kept, then booked once, and held where it does not fit."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from mainspring.billing.events import PAYMENT_HELD, REFUND_REFUSED
from mainspring.billing.gateways import gateways
from mainspring.billing.gateways.base import SaysMoved, SaysPaid, SaysPaidBack, SaysUnpaid, Word
from mainspring.billing.models import Attempt, GatewayCall, HeldMoney, Invoice, PayBack, Payment, Standing
from mainspring.billing.settling import Unsettled, asked_for, refund, refundable, settle
from mainspring.core.money import ZERO, record_money
from mainspring.events.models import Actor, record

log = logging.getLogger(__name__)

WAITS = ""
"""The outcome of a word that can't be booked yet: a refund of a payment that we have not heard of."""


def keep(gateway: str, event_id: str, body: dict[str, Any]) -> GatewayCall:
    """The call as it came, before it is understood; one row however often it comes."""
    try:
        with transaction.atomic():
            return GatewayCall.objects.create(gateway=gateway, event_id=event_id, body=body)
    except IntegrityError:
        return GatewayCall.objects.get(gateway=gateway, event_id=event_id)


def understand(call: GatewayCall) -> None:
    """Book what a kept call says, once. May be repeated: after a crash, or when a payment became known."""
    with transaction.atomic():
        call = GatewayCall.objects.select_for_update().get(pk=call.pk)
        if not call.is_waiting:
            return
        word: Word | None = None
        try:
            word = gateways[call.gateway]().understand(call.body)
        except (KeyError, TypeError, ValueError) as error:
            call.outcome = f"not understood: {error!r}"[:200]
        else:
            call.outcome = hear(call.gateway, word) if word else "nothing for us"
        call.is_waiting = call.outcome == WAITS
        call.about = word.payment[:120] if call.is_waiting and isinstance(word, SaysPaidBack) else ""
        call.save(update_fields=["outcome", "is_waiting", "about"])
    if isinstance(word, SaysPaid):
        for refunded in waiting_for(call.gateway, word.reference):
            understand(refunded)


def waiting_for(gateway: str, payment: str) -> list[GatewayCall]:
    """Kept calls about a payment that was not known when they came, the earliest first."""
    return list(GatewayCall.objects.filter(gateway=gateway, is_waiting=True, about=payment).order_by("id"))


def understandable() -> list[int]:
    """Kept calls that can be understood now: a crash came between, or their payment became known and nobody went on."""
    waiting = GatewayCall.objects.filter(is_waiting=True)
    booked = Payment.objects.filter(gateway=OuterRef("gateway"), gateway_ref=OuterRef("about"))
    held = HeldMoney.objects.filter(gateway=OuterRef("gateway"), gateway_ref=OuterRef("about"))
    return list(waiting.filter(Q(about="") | Exists(booked) | Exists(held)).order_by("id").values_list("pk", flat=True))


@transaction.atomic
def hear(gateway: str, word: Word) -> str:
    """Book one word; the outcome in plain words. The same word again changes nothing."""
    if isinstance(word, SaysPaid):
        return _paid(gateway, word)
    elif isinstance(word, SaysPaidBack):
        return _paid_back(gateway, word)
    elif isinstance(word, SaysMoved):
        return _moved(gateway, word)
    else:
        return _unpaid(gateway, word)


def _paid(gateway: str, word: SaysPaid) -> str:
    attempt = Attempt.objects.select_for_update().filter(gateway=gateway, key=word.key).first()
    if attempt is None:
        return "not ours"
    elif Payment.objects.filter(gateway=gateway, gateway_ref=word.reference).exists():
        return "booked before"
    elif HeldMoney.objects.filter(gateway=gateway, gateway_ref=word.reference).exists():
        return "held before"
    elif (word.amount, word.currency) != (attempt.amount, attempt.currency) or not word.reference:
        attempt.become(Attempt.State.HELD)
        why = f"{word.amount} {word.currency} came for {attempt.amount} {attempt.currency} of {attempt.codes}"
        return _hold(attempt.first, gateway, word.reference or word.key, word.amount, word.currency, why)
    else:
        attempt.become(Attempt.State.PAID)
        for share in attempt.locked_shares():
            settle(
                share.invoice,
                share.amount,
                method=Payment.Method.LINK,
                by=attempt.payer or share.invoice.contact,
                reference=word.reference,
                gateway=gateway,
                gateway_ref=word.reference,
            )
        return "booked"


def _moved(gateway: str, word: SaysMoved) -> str:
    from mainspring.billing.tasks import ask_about

    attempt = Attempt.objects.filter(gateway=gateway, key=word.key).first()
    if attempt is None:
        return "not ours"
    ask_about.enqueue(attempt.pk)
    return "asked for more"


def _unpaid(gateway: str, word: SaysUnpaid) -> str:
    attempt = Attempt.objects.select_for_update().filter(gateway=gateway, key=word.key).first()
    if attempt is None:
        return "not ours"
    elif attempt.is_open:
        attempt.become(word.state)
        return word.state
    else:
        return f"late: it is {attempt.state}"


def _paid_back(gateway: str, word: SaysPaidBack) -> str:
    payments = list(
        Payment.objects.filter(gateway=gateway, gateway_ref=word.payment)
        .select_related("invoice")
        .order_by("invoice_id")
    )
    if not payments:
        return _back_of_held(gateway, word)
    of_all = [payment.invoice_id for payment in payments]
    list(Standing.objects.select_for_update().filter(invoice__in=of_all).order_by("invoice_id"))
    outcomes = [_share_paid_back(gateway, payment, part) for payment, part in _parts(payments, word)]
    return ", ".join(dict.fromkeys(outcomes))


def _parts(payments: list[Payment], word: SaysPaidBack) -> Iterator[tuple[Payment, SaysPaidBack]]:
    """What a refund takes of each share of a payment; a part is booked before the next one is looked for.

    Our own is of one share, and one that was heard before stays as it was. One made at the provider takes from the last
    share first; what none of them can bear is left with the first, to be held.
    """
    ours = PayBack.objects.filter(key=word.key, payment__in=payments).first() if word.key else None
    known = PayBack.objects.filter(external_id=word.reference, payment__in=payments)
    heard = {back.payment_id: back.amount for back in known}
    left = word.amount
    if ours is not None:
        yield next(payment for payment in payments if payment.pk == ours.payment_id), word
    elif heard:
        yield from ((one, replace(word, amount=heard[one.pk])) for one in payments if one.pk in heard)
    elif word.currency != payments[0].invoice.currency:
        yield payments[0], word
    else:
        for payment in reversed(payments[1:]):
            part = max(ZERO, min(left, refundable(payment) - asked_for(payment)))
            left -= part
            if part:
                yield payment, replace(word, amount=part)
        if left:
            yield payments[0], replace(word, amount=left)


def _share_paid_back(gateway: str, payment: Payment, word: SaysPaidBack) -> str:
    back = _payback(gateway, payment, word)
    if back.state == PayBack.State.FAILED or back.state == word.state == PayBack.State.DONE:
        return "known before"
    elif word.state == PayBack.State.DONE:
        return _book_back(gateway, payment, back, word)
    elif word.state == PayBack.State.FAILED:
        return _returned(gateway, payment, back, word)
    else:
        return _pending(back)


def _pending(back: PayBack) -> str:
    if back.state == PayBack.State.ASKED:
        _become(back, PayBack.State.PENDING)
        return "on its way"
    else:
        return "known before"


def _payback(gateway: str, payment: Payment, word: SaysPaidBack) -> PayBack:
    """Our own request by its key, or a row for a refund that was made at the provider."""
    back = PayBack.objects.filter(key=word.key, payment=payment).first() if word.key else None
    if back is None:
        back, _is_new = PayBack.objects.get_or_create(
            external_id=word.reference,
            payment=payment,
            defaults={
                "amount": word.amount,
                "key": f"{gateway}:{payment.pk}:{word.reference}"[:60],
                "actor_name": gateway.title(),
            },
        )
    else:
        _name(back, word)
    return back


def _name(back: PayBack, word: SaysPaidBack) -> None:
    """Keep the provider's name for our request, as soon as it is known."""
    if not back.external_id:
        back.external_id = word.reference
        back.save(update_fields=["external_id"])


def _book_back(gateway: str, payment: Payment, back: PayBack, word: SaysPaidBack) -> str:
    """What left the provider's account is booked; when our books can't bear it, it is held."""
    invoice = payment.invoice
    try:
        if word.currency != invoice.currency:
            raise Unsettled(f"{word.currency} is not the invoice's currency.")
        refund(
            payment, word.amount, by=back if back.actor else None, reference=back.reference, gateway_ref=word.reference
        )
    except Unsettled as error:
        _become(back, PayBack.State.DONE)
        return _hold(invoice, gateway, _held_as(payment, word), -word.amount, word.currency, str(error))
    _become(back, PayBack.State.DONE)
    return "paid back"


def _held_as(payment: Payment, word: SaysPaidBack) -> str:
    """The name of a refund that is held: it may be of several shares."""
    return f"{word.reference}:{payment.pk}"


def _returned(gateway: str, payment: Payment, back: PayBack, word: SaysPaidBack) -> str:
    """The refund did not reach the customer: the money is the shop's again. What was held of it is settled by that."""
    invoice = payment.invoice
    held = invoice.held.filter(gateway=gateway, gateway_ref=_held_as(payment, word), mended_at=None).first()
    if held is not None:
        held.be_mended(_("it came back to the provider, %(reference)s") % {"reference": word.reference}, by=None)
    elif payment.refunded_by.filter(gateway_ref=word.reference).exists():
        name = f"{word.reference}:returned"
        settle(invoice, word.amount, method=payment.method, by=None, gateway=gateway, gateway_ref=name)
    _become(back, PayBack.State.FAILED, word.why)
    told = {"code": invoice.code, "amount": record_money(word.amount, word.currency), "why": word.why or "–"}
    record(REFUND_REFUSED, invoice, by=None, stream=invoice.ticket, data=told)
    return "the refund failed"


def _back_of_held(gateway: str, word: SaysPaidBack) -> str:
    """Held money that was paid back at the provider, by our request or there, needs no mend any more."""
    held = HeldMoney.objects.select_for_update().filter(gateway=gateway, gateway_ref=word.payment).first()
    if held is None:
        return WAITS
    back = held.paybacks.filter(key=word.key).first() if word.key else None
    if back is not None:
        return _our_back_of_held(held, back, word)
    elif held.mended_at is None and word.state == PayBack.State.DONE and word.amount == held.amount:
        held.be_mended(_("paid back at the provider, %(reference)s") % {"reference": word.reference}, by=None)
    return "of held money"


def _our_back_of_held(held: HeldMoney, back: PayBack, word: SaysPaidBack) -> str:
    _name(back, word)
    if back.state == PayBack.State.FAILED or back.state == word.state == PayBack.State.DONE:
        return "known before"
    elif word.state == PayBack.State.DONE:
        _become(back, PayBack.State.DONE)
        if held.mended_at is None:
            held.be_mended(_("paid back at the provider, %(reference)s") % {"reference": word.reference}, by=back)
        return "held money paid back"
    elif word.state == PayBack.State.FAILED:
        if back.state == PayBack.State.DONE:
            held.be_open_again()
        _become(back, PayBack.State.FAILED, word.why)
        told = {"code": held.invoice.code, "amount": record_money(back.amount, back.currency), "why": word.why or "–"}
        record(REFUND_REFUSED, held.invoice, by=None, stream=held.invoice.ticket, data=told)
        return "the refund failed"
    else:
        return _pending(back)


def _hold(invoice: Invoice, gateway: str, reference: str, amount: Decimal, currency: str, why: str) -> str:
    _held, is_new = HeldMoney.objects.get_or_create(
        gateway=gateway,
        gateway_ref=reference,
        defaults={"invoice": invoice, "amount": amount, "currency": currency, "why": why[:300]},
    )
    if is_new:
        record(PAYMENT_HELD, invoice, by=None, stream=invoice.ticket, data={"code": invoice.code, "why": why})
    return "held"


@transaction.atomic
def book(held: HeldMoney, *, by: Actor) -> None:
    """The staff's mend: book held money as it came, in the invoice's currency. Raises Unsettled when it can't be."""
    held = HeldMoney.objects.select_for_update().select_related("invoice").get(pk=held.pk)
    if held.mended_at is not None:
        raise Unsettled(_("It was dealt with already."))
    elif any(back.is_under_way for back in held.paybacks.all()):
        raise Unsettled(_("The provider is being asked to pay it back."))
    elif held.currency != held.invoice.currency:
        raise Unsettled(_("It came in another currency: pay it back at the provider, then say so here."))
    elif held.amount > ZERO:
        settle(
            held.invoice,
            held.amount,
            method=Payment.Method.LINK,
            by=by,
            reference=held.gateway_ref,
            gateway=held.gateway,
            gateway_ref=held.gateway_ref,
        )
    else:
        name = held.gateway_ref.partition(":")[0]
        back = PayBack.objects.get(payment__invoice=held.invoice, external_id=name)
        assert back.payment is not None
        refund(back.payment, -held.amount, by=by, gateway_ref=name)
    held.be_mended(_("booked as it came"), by=by)


def _become(back: PayBack, state: str, why: str = "") -> None:
    back.state, back.why = state, why[:300]
    back.save(update_fields=["state", "why"])

"""The staff's doors into the money: invoices, payments, refunds, discounts."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.billing import permissions
from mainspring.billing.hearing import book
from mainspring.billing.issuing import cancel, credit
from mainspring.billing.models import Attempt, Discount, Invoice, PayBack, Payment, SentForm
from mainspring.billing.papers import pdf_of
from mainspring.billing.paybacks import ask_back, ask_held_back
from mainspring.billing.paying import pay_link
from mainspring.billing.settling import Unsettled, credit_of, kept_of, refund, settle, use_credit
from mainspring.billing.why import explained
from mainspring.core.money import show_money
from mainspring.tickets.desk import back_to, find
from mainspring.tickets.models import Ticket
from mainspring.ui.forms import DecimalField, Form
from mainspring.ui.pages import page, pdf_answer, refuse, see_other, toast


class PaymentForm(Form):
    amount = DecimalField(label=gettext_lazy("Amount"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    method = forms.ChoiceField(
        label=gettext_lazy("Method"),
        choices=[one for one in Payment.Method.choices if one[0] not in ("link", "credit")],
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=120, required=False)


class AmountForm(Form):
    amount = DecimalField(label=gettext_lazy("Amount"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=120, required=False)


class DiscountForm(Form):
    percent = DecimalField(
        label=gettext_lazy("Per cent"), min_value=Decimal(0), max_value=Decimal(100), max_digits=6, decimal_places=3,
        required=False,
    )  # fmt: skip
    amount = DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal(0), max_digits=14, decimal_places=3, required=False
    )


class CreditNoteForm(Form):
    amount = DecimalField(label=gettext_lazy("Amount"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class MendForm(Form):
    mend = forms.CharField(label=gettext_lazy("What was done"), max_length=300)


SENT_BEFORE = gettext_lazy("This was sent twice: it is booked once.")
ASKED_BACK = gettext_lazy("The provider is asked to pay it back; it shows here when it is done.")


@dataclass(frozen=True)
class ShownPayment:
    """A line of the payments, with what can still be paid back of it and the refunds that are under way."""

    payment: Payment
    left: Decimal
    backs: list[PayBack]


def once(request: StaffRequest, invoice: Invoice, act: Callable[[], object]) -> bool:
    """Do what the form says, unless it was sent before: whoever clicks twice means it once. Whether it was done now."""
    with transaction.atomic():
        is_new = SentForm.is_new(request.POST.get("key", ""), invoice)
        if is_new:
            act()
    return is_new


def find_invoice(request: StaffRequest, code: str) -> Invoice:
    """The paper, if its ticket may be seen; 404 otherwise."""
    tickets = Ticket.objects.visible_to(request.user)
    return get_object_or_404(
        Invoice.objects.select_related("standing", "ticket", "contact", "business", "corrects").filter(
            ticket__in=tickets
        ),
        code=code,
    )


@staff(permissions.VIEW)
def invoice(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    return page(
        request,
        "billing/invoice.html",
        invoice=found,
        lines=list(found.lines.all()),
        why=explained(found, request.user.language),
        taxes=list(found.taxes.all()),
        payments=_payments_of(found),
        held=list(found.held.prefetch_related("paybacks").order_by("id")),
        shares=list(
            found.shares.filter(attempt__state__in=[Attempt.State.PENDING, Attempt.State.FAILED])
            .select_related("attempt")
            .order_by("attempt_id")
        ),
        creditable=found.total - found.standing.credited,
        notes=list(found.credit_notes.order_by("id")),
        methods=PaymentForm.base_fields["method"].choices,  # type: ignore[attr-defined]
        credit=credit_of(found),
        pay_link=pay_link(found) if found.standing.balance else "",
        new_key=uuid4,
    )


def _payments_of(invoice: Invoice) -> list[ShownPayment]:
    """The payments with what of each can be paid back, and the refunds that are under way. No query a row."""
    payments = list(invoice.payments.order_by("id"))
    backs: dict[int | None, Decimal] = defaultdict(Decimal)
    asked: dict[int | None, list[PayBack]] = defaultdict(list)
    for one in payments:
        if one.refunds_id:
            backs[one.refunds_id] += one.amount
    for back in PayBack.objects.filter(payment__in=payments).order_by("id"):
        if back.state != PayBack.State.DONE:
            asked[back.payment_id].append(back)
        if back.is_under_way:
            backs[back.payment_id] -= back.amount
    most = invoice.standing.paid + max(Decimal(0), min(credit_of(invoice), kept_of(invoice)))
    return [
        ShownPayment(one, max(Decimal(0), min(one.amount + backs[one.pk], most)), asked[one.pk])
        if one.amount > 0 and one.method != Payment.Method.CREDIT
        else ShownPayment(one, Decimal(0), [])
        for one in payments
    ]


@staff(permissions.VIEW)
def invoice_pdf(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    return pdf_answer(pdf_of(found), found.code)


@staff(permissions.TAKE_PAYMENT, methods=("POST",))
def take_payment(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    given = form.cleaned_data
    try:
        is_booked = once(
            request,
            found,
            lambda: settle(
                found, given["amount"], method=given["method"], by=request.user, reference=given["reference"]
            ),
        )
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    said = _("%(amount)s received.") % {"amount": show_money(given["amount"], found.currency, request.user.language)}
    toast(request, said if is_booked else str(SENT_BEFORE))
    return see_other(request, back_to(found.ticket, "billing"))


@staff(permissions.TAKE_PAYMENT, methods=("POST",))
def pay_with_credit(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    amount = min(credit_of(found), found.standing.balance)
    try:
        use_credit(found, amount, by=request.user)
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.REFUND, methods=("POST",))
def refund_payment(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    found = find_invoice(request, code)
    payment = get_object_or_404(found.payments.filter(amount__gt=0), pk=pk)
    form = AmountForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    pay = ask_back if payment.gateway else refund
    given = form.cleaned_data
    try:
        is_done = once(
            request, found, lambda: pay(payment, given["amount"], by=request.user, reference=given["reference"])
        )
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    said = str(ASKED_BACK) if payment.gateway else _("Paid back.")
    toast(request, said if is_done else str(SENT_BEFORE))
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.REFUND, methods=("POST",))
def book_held(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Book held money as it came: the payment it is, or the refund."""
    found = find_invoice(request, code)
    held = get_object_or_404(found.held, pk=pk)
    try:
        book(held, by=request.user)
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    toast(request, _("It is booked."))
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.REFUND, methods=("POST",))
def refund_held(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Have the provider pay back, whole, what came and does not fit. Nothing is booked."""
    found = find_invoice(request, code)
    held = get_object_or_404(found.held, pk=pk)
    try:
        ask_held_back(held, by=request.user)
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    toast(request, str(ASKED_BACK))
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.REFUND, methods=("POST",))
def settle_held(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Say how held money was dealt with outside: nothing is booked."""
    found = find_invoice(request, code)
    held = get_object_or_404(found.held, pk=pk)
    form = MendForm(request.POST)
    if not form.is_valid():
        return refuse(request, _("Say what was done about it."), status=422)
    elif held.mended_at is None:
        held.be_mended(form.cleaned_data["mend"], by=request.user)
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.CANCEL, methods=("POST",))
def credit_part(request: StaffRequest, code: str) -> HttpResponse:
    """Take a part of an invoice back by a credit note. Its charges stay billed."""
    found = find_invoice(request, code)
    form = CreditNoteForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    given = form.cleaned_data
    try:
        is_issued = once(
            request, found, lambda: credit(found, given["amount"], reason=given["reason"], by=request.user)
        )
    except ValueError as error:
        return refuse(request, str(error), status=422)
    note = found.credit_notes.latest("id")
    toast(request, _("The credit note %(note)s is issued.") % {"note": note.code} if is_issued else str(SENT_BEFORE))
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.CANCEL, methods=("POST",))
def cancel_invoice(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    if found.is_credit_note or found.standing.credited == found.total:
        return refuse(request, _("There is nothing left to cancel."), status=422)
    note = cancel(found, by=request.user)
    toast(request, _("%(code)s is cancelled by %(note)s.") % {"code": found.code, "note": note.code})
    return see_other(request, reverse("invoice", args=[found.code]))


@staff(permissions.DISCOUNT, methods=("POST",))
def set_discount(request: StaffRequest, number: int) -> HttpResponse:
    """What is taken off the ticket's next invoice as a whole."""
    found = find(request, number)
    form = DiscountForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    percent, amount = form.cleaned_data["percent"] or Decimal(0), form.cleaned_data["amount"] or Decimal(0)
    Discount.put(found, percent=percent, amount=amount, by=request.user)
    return see_other(request, back_to(found, "billing"))

"""The staff's doors into the money: invoices, payments, refunds, discounts."""

from decimal import Decimal

from django import forms
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.billing import permissions
from mainspring.billing.issuing import cancel, today
from mainspring.billing.models import Discount, Invoice, Payment
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import pay_link
from mainspring.billing.settling import Unsettled, credit_of, refund, settle, use_credit
from mainspring.core.money import show_money
from mainspring.core.shop import Shop
from mainspring.tickets.desk import back_to, find
from mainspring.tickets.models import Ticket
from mainspring.ui.forms import Form
from mainspring.ui.pages import page, refuse, see_other, toast

PAGE = 50


class PaymentForm(Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Method"),
        choices=[one for one in Payment.Method.choices if one[0] not in ("link", "credit")],
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=120, required=False)


class AmountForm(Form):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=120, required=False)


class DiscountForm(Form):
    percent = forms.DecimalField(
        label=gettext_lazy("Per cent"), min_value=Decimal(0), max_value=Decimal(100), max_digits=6, decimal_places=3,
        required=False,
    )  # fmt: skip
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=Decimal(0), max_digits=14, decimal_places=3, required=False
    )


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
def invoices(request: StaffRequest) -> HttpResponse:
    """Newest first; `?show=unpaid` or `overdue`."""
    show = request.GET.get("show", "")
    wanted = Invoice.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
    if show == "unpaid":
        wanted = wanted.unpaid()
    elif show == "overdue":
        wanted = wanted.overdue(today(Shop.get()))
    after = request.GET.get("after", "")
    if after.isdigit() and len(after) < 18:
        wanted = wanted.filter(pk__lt=after)
    found = list(wanted.select_related("standing", "ticket").order_by("-id")[: PAGE + 1])
    owed = Invoice.objects.unpaid().aggregate(sum=Sum("standing__balance"))["sum"] or Decimal(0)
    older = f"?show={show}&after={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return page(request, "billing/invoices.html", found=found[:PAGE], show=show, owed=owed, older=older)


@staff(permissions.VIEW)
def invoice(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    return page(
        request,
        "billing/invoice.html",
        invoice=found,
        lines=list(found.lines.all()),
        taxes=list(found.taxes.all()),
        payments=list(found.payments.order_by("id")),
        notes=list(found.credit_notes.order_by("id")),
        methods=PaymentForm.base_fields["method"].choices,  # type: ignore[attr-defined]
        credit=credit_of(found),
        pay_link=pay_link(found) if found.standing.balance else "",
    )


@staff(permissions.VIEW)
def invoice_pdf(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    response = HttpResponse(pdf_of(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{found.code}.pdf"'
    return response


@staff(permissions.TAKE_PAYMENT, methods=("POST",))
def take_payment(request: StaffRequest, code: str) -> HttpResponse:
    found = find_invoice(request, code)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    given = form.cleaned_data
    try:
        settle(found, given["amount"], method=given["method"], by=request.user, reference=given["reference"])
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    toast(
        request,
        _("%(amount)s received.") % {"amount": show_money(given["amount"], found.currency, request.user.language)},
    )
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
    try:
        refund(payment, form.cleaned_data["amount"], by=request.user, reference=form.cleaned_data["reference"])
    except Unsettled as error:
        return refuse(request, str(error), status=422)
    toast(request, _("Paid back."))
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

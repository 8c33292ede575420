"""The API's doors into the money: invoices, payments, refunds, credit notes, the running bill."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, answers
from mainspring.api.shapes import Amount, Figure, Given, Moment, Money, Percent, Price, Shape, filled, money, upto
from mainspring.billing import permissions
from mainspring.billing.arithmetic import Bill
from mainspring.billing.bill import TicketBill
from mainspring.billing.issuing import FinalInvoice, cancel, credit
from mainspring.billing.models import Discount, Invoice, Payment, Standing
from mainspring.billing.papers import pdf_of
from mainspring.billing.paybacks import ask_back
from mainspring.billing.paying import pay_link
from mainspring.billing.settling import Unsettled, credit_of, refund, settle, use_credit
from mainspring.tickets.api import Number
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import pdf_answer

door = Door("billing", "Money")
doors = [door]
answers(409, Unsettled)

Code = Annotated[str, Field(max_length=30, pattern=r"^[A-Za-z0-9-]+$", examples=["INV-000012"])]
PaymentId = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[3])]
Day = Annotated[date, Field(examples=["2026-11-25"])]
SORTS = {"id": "id", "issuedOn": "issued_on", "dueOn": "due_on", "total": "total"}


class InvoiceShape(Shape):
    """An issued paper and how it stands. The paper itself never changes."""

    id: int
    code: str = Field(examples=["INV-000012"])
    kind: Literal["invoice", "credit_note"]
    purpose: Literal["diagnostic", "final", "reverse"]
    ticket_number: int
    customer_name: str
    issued_on: date
    due_on: date
    currency: str = Field(examples=["USD"])
    net: Money
    tax: Money
    total: Money
    paid: Money
    credited: Money
    balance: Money
    paid_at: Moment | None
    corrects: str | None = Field(description="The invoice that a credit note takes back.")
    payment_link: str = Field(description="Where the customer pays it; empty when nothing is owed.")

    @classmethod
    def columns(cls, invoice: Invoice) -> dict[str, Any]:
        standing, currency = invoice.standing, invoice.currency
        sums = {name: money(getattr(invoice, name), currency) for name in ("net", "tax", "total")}
        stands = {name: money(getattr(standing, name), currency) for name in ("paid", "credited", "balance")}
        plain = ("id", "code", "kind", "purpose", "customer_name", "issued_on", "due_on", "currency")
        return {
            **{name: getattr(invoice, name) for name in plain},
            **sums,
            **stands,
            "ticket_number": invoice.ticket.number,
            "paid_at": standing.paid_at,
            "corrects": invoice.corrects.code if invoice.corrects else None,
            "payment_link": pay_link(invoice) if standing.balance else "",
        }

    @classmethod
    def of(cls, invoice: Invoice) -> "InvoiceShape":
        return cls.model_construct(**cls.columns(invoice))


class InvoiceLineShape(Shape):
    kind: str
    description: str
    quantity: Figure
    unit_price: Figure
    discount: Money
    amount: Money = Field(description="After its discounts, in the prices of the paper.")
    net: Money
    tax_percent: Figure


class InvoiceTaxShape(Shape):
    percent: Figure
    net: Money
    tax: Money


class WholeInvoiceShape(InvoiceShape):
    """An issued paper with its lines and taxes."""

    lines: list[InvoiceLineShape]
    taxes: list[InvoiceTaxShape]
    prices_include_tax: bool
    discount: Money
    notes: list[str]
    work_performed: list[str]

    @classmethod
    def of(cls, invoice: Invoice) -> "WholeInvoiceShape":
        currency = invoice.currency
        return cls(
            lines=[_line(line, currency) for line in invoice.lines.all()],
            taxes=[
                InvoiceTaxShape(percent=one.percent, net=money(one.net, currency), tax=money(one.tax, currency))
                for one in invoice.taxes.all()
            ],
            prices_include_tax=invoice.prices_include_tax,
            discount=money(invoice.discount, currency),
            notes=invoice.notes,
            work_performed=invoice.work_performed,
            **cls.columns(invoice),
        )


class BillShape(Shape):
    """What the final invoice would be now."""

    ticket_number: int
    currency: str
    lines: list[InvoiceLineShape]
    taxes: list[InvoiceTaxShape]
    discount: Money
    net: Money
    tax: Money
    total: Money

    @classmethod
    def of(cls, ticket: Ticket, bill: Bill, currency: str) -> "BillShape":
        return cls(
            ticket_number=ticket.number,
            currency=currency,
            lines=[_line(line, currency) for line in bill.lines],
            taxes=[
                InvoiceTaxShape(percent=one.percent, net=money(one.net, currency), tax=money(one.tax, currency))
                for one in bill.taxes
            ],
            discount=money(bill.discount, currency),
            **{name: money(getattr(bill, name), currency) for name in ("net", "tax", "total")},
        )


class PaymentShape(Shape):
    """A line of the payment ledger: positive came in, negative went out."""

    id: int
    invoice_code: str
    amount: Money
    currency: str
    method: str
    reference: str
    refunds: int | None = Field(description="The payment that this line pays back.")
    actor_name: str
    at: Moment

    @classmethod
    def of(cls, payment: Payment) -> "PaymentShape":
        currency = payment.invoice.currency
        return cls(
            id=payment.pk,
            invoice_code=payment.invoice.code,
            amount=money(payment.amount, currency),
            currency=currency,
            method=payment.method,
            reference=payment.reference,
            refunds=payment.refunds_id,
            actor_name=payment.actor_name,
            at=payment.at,
        )


class RefundShape(Shape):
    """A refund: booked, or asked of the payment provider, who says later that it is done."""

    state: Literal["booked", "asked"]
    amount: Money
    currency: str
    payment: PaymentShape | None


class PaymentGiven(Given):
    """A payment at the counter, by phone or transfer. Twice the same is two payments: send an Idempotency-Key."""

    amount: Amount = Field(examples=["70.00"])
    method: Literal["phone", "cash", "transfer", "card", "other"] = "cash"
    reference: Annotated[str, upto(120)] = ""


class SumGiven(Given):
    amount: Amount
    reference: Annotated[str, upto(120)] = ""


class CreditGiven(Given):
    amount: Amount
    reason: Annotated[str, filled(200)]


class DiscountGiven(Given):
    """What is taken off the ticket's next invoice as a whole: per cent, then an amount. Nothing takes it away."""

    percent: Percent = Decimal(0)
    amount: Price = Decimal(0)


class DiscountShape(Shape):
    percent: Figure
    amount: Figure


@door.get("/invoices", Page[InvoiceShape], may=permissions.VIEW)
def invoices(
    request: Asked,
    kind: Literal["invoice", "credit_note"] | None = None,
    ticket: Annotated[int, Field(ge=1, le=2**63 - 1, description="A ticket's number.")] | None = None,
    is_paid: bool | None = Query(None, alias="isPaid"),
    due_before: Day | None = Query(None, alias="dueBefore"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[InvoiceShape]:
    """Invoices and credit notes, the latest first."""
    found = _visible(request)
    if kind is not None:
        found = found.filter(kind=kind)
    if ticket is not None:
        found = found.filter(ticket__number=ticket)
    if is_paid is not None:
        found = found.filter(kind=Invoice.Kind.INVOICE, standing__paid_at__isnull=not is_paid)
    if due_before is not None:
        found = found.filter(due_on__lt=due_before)
    return Walk(SORTS, sort, cursor, limit).page(found, InvoiceShape.of)


@door.get("/invoices/{code}", WholeInvoiceShape, may=permissions.VIEW)
def invoice(request: Asked, code: Code) -> WholeInvoiceShape:
    """An invoice or credit note with its lines."""
    return WholeInvoiceShape.of(_invoice(request, code))


@door.get("/invoices/{code}/pdf", None, may=permissions.VIEW, status=200, binary="application/pdf")
def invoice_pdf(request: Asked, code: Code) -> HttpResponseBase:
    """The paper as PDF: the same bytes whenever it is asked for."""
    return pdf(_invoice(request, code))


@door.post("/tickets/{number}/invoice", WholeInvoiceShape, may=permissions.TAKE_PAYMENT)
def issue_invoice(request: Asked, number: Number) -> WholeInvoiceShape:
    """Issue the invoice over what stands on a ticket and on no invoice yet. 409 when there is nothing."""
    issued = FinalInvoice(_ticket(request, number)).issue(by=request.user)
    if issued is None:
        raise Problem(409, _("There is nothing to bill on this ticket."), name="nothing-to-bill")
    return WholeInvoiceShape.of(_invoice(request, issued.code))


@door.get("/tickets/{number}/bill", BillShape, may=permissions.VIEW)
def running_bill(request: Asked, number: Number) -> BillShape:
    """The running bill: what the final invoice would be now, with the deduction of a paid diagnostic."""
    ticket = _ticket(request, number)
    tally = TicketBill(ticket)
    return BillShape.of(ticket, tally.bill, tally.shop.currency)


@door.put("/tickets/{number}/discount", DiscountShape, may=permissions.DISCOUNT)
def set_discount(request: Asked, number: Number, given: DiscountGiven) -> DiscountShape:
    """Set what is taken off the ticket's next invoice as a whole."""
    Discount.put(_ticket(request, number), percent=given.percent, amount=given.amount, by=request.user)
    return DiscountShape(percent=given.percent, amount=given.amount)


@door.post("/invoices/{code}/cancel", WholeInvoiceShape, may=permissions.CANCEL)
def cancel_invoice(request: Asked, code: Code) -> WholeInvoiceShape:
    """Take an invoice back by a credit note, which is answered. Its charges can be billed again."""
    found = _locked(request, code)
    if found.is_credit_note or found.standing.credited == found.total:
        raise Problem(409, _("There is nothing left to cancel."))
    return WholeInvoiceShape.of(_invoice(request, cancel(found, by=request.user).code))


@door.post("/invoices/{code}/credit", WholeInvoiceShape, may=permissions.CANCEL)
def credit_part(request: Asked, code: Code, given: CreditGiven) -> WholeInvoiceShape:
    """Take a part of an invoice back by a credit note, which is answered. Its charges stay billed."""
    found = _locked(request, code)
    try:
        note = credit(found, given.amount, reason=given.reason, by=request.user)
    except ValueError as error:
        raise Problem(409, str(error)) from error
    return WholeInvoiceShape.of(_invoice(request, note.code))


@door.get("/payments", Page[PaymentShape], may=permissions.VIEW)
def payments(request: Asked, limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "-id") -> Page[PaymentShape]:
    """The payment ledger, the latest line first."""
    visible = Ticket.objects.visible_to(request.user)
    found = Payment.objects.filter(invoice__ticket__in=visible).select_related("invoice")
    return Walk({"id": "id", "at": "at"}, sort, cursor, limit).page(found, PaymentShape.of)


@door.get("/invoices/{code}/payments", Page[PaymentShape], may=permissions.VIEW)
def payments_of_invoice(request: Asked, code: Code, limit: Limit = USUAL, cursor: Cursor = "") -> Page[PaymentShape]:
    """Payments and refunds of one invoice."""
    found = _invoice(request, code).payments.select_related("invoice")
    return Walk({"id": "id"}, "id", cursor, limit).page(found, PaymentShape.of)


@door.post("/invoices/{code}/payments", PaymentShape, may=permissions.TAKE_PAYMENT)
def take_payment(request: Asked, code: Code, given: PaymentGiven) -> PaymentShape:
    """Record a payment. What is paid over becomes the customer's credit."""
    found = _locked(request, code)
    must_match(request, WholeInvoiceShape.of(found))
    if found.is_credit_note:
        raise Problem(409, _("Nobody pays a credit note."))
    payment = settle(found, given.amount, method=given.method, by=request.user, reference=given.reference)
    return PaymentShape.of(payment)


@door.post("/invoices/{code}/pay-with-credit", PaymentShape, may=permissions.TAKE_PAYMENT)
def pay_with_credit(request: Asked, code: Code) -> PaymentShape:
    """Pay an invoice with the customer's credit, as far as it goes."""
    found = _locked(request, code)
    return PaymentShape.of(use_credit(found, min(credit_of(found), found.standing.balance), by=request.user))


@door.post("/invoices/{code}/payments/{pk}/refund", RefundShape, may=permissions.REFUND)
def refund_payment(request: Asked, code: Code, pk: PaymentId, given: SumGiven) -> RefundShape:
    """Pay a payment back, whole or in part: at once, or by the provider it came through."""
    found = _locked(request, code)
    payment = the_one(found.payments.filter(amount__gt=0).select_related("invoice"), pk=pk)
    shown = {"amount": money(given.amount, found.currency), "currency": found.currency}
    if payment.gateway:
        ask_back(payment, given.amount, by=request.user, reference=given.reference)
        return RefundShape(state="asked", payment=None, **shown)
    back = refund(payment, given.amount, by=request.user, reference=given.reference)
    return RefundShape(state="booked", payment=PaymentShape.of(back), **shown)


def pdf(found: Invoice) -> HttpResponse:
    """The paper as it is archived."""
    return pdf_answer(pdf_of(found), found.code, inline=False)


def _visible(request: Asked) -> Any:
    visible = Ticket.objects.visible_to(request.user)
    return Invoice.objects.filter(ticket__in=visible).select_related("standing", "ticket", "corrects")


def _invoice(request: Asked, code: str) -> Invoice:
    return the_one(_visible(request).select_related("contact", "business"), code=code)


def _locked(request: Asked, code: str) -> Invoice:
    """The paper, and how it stands, locked: nobody pays or credits it meanwhile."""
    found = _invoice(request, code)
    locked(Standing.objects.all(), invoice=found)
    return _invoice(request, code)


def _ticket(request: Asked, number: int) -> Ticket:
    return the_one(Ticket.objects.visible_to(request.user).with_people(), number=number)


def _line(line: Any, currency: str) -> InvoiceLineShape:
    return InvoiceLineShape(
        kind=str(getattr(line.kind, "value", line.kind)),
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_percent=line.tax_percent,
        **{name: money(getattr(line, name), currency) for name in ("discount", "amount", "net")},
    )

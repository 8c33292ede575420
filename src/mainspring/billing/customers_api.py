"""The API's doors for a customer's own token: what he owes, his papers, his account, and paying."""

import logging
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, wrong
from mainspring.api.shapes import Amount, Given, Moment, Money, PathId, Shape, money
from mainspring.billing.api import Code, Day, InvoiceShape, pdf
from mainspring.billing.gateways.base import GatewayDown, GatewayRefused
from mainspring.billing.issuing import today
from mainspring.billing.models import Attempt, Invoice
from mainspring.billing.paying import Changed, offered, start
from mainspring.billing.statement import Period, Statement
from mainspring.core.money import ZERO
from mainspring.core.shop import Shop
from mainspring.crm.models import Business, Contact
from mainspring.ui.pages import pdf_answer

log = logging.getLogger(__name__)
door = Door("billing", "For customers")
doors = [door]

StateName = Literal["started", "pending", "paid", "failed", "expired", "held"]
Key = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")]


class HisInvoice(Shape):
    """An invoice or credit note as its customer sees it."""

    code: str
    kind: Literal["invoice", "credit_note"]
    ticket_number: int
    issued_on: date
    due_on: date
    currency: str
    net: Money
    tax: Money
    total: Money
    paid: Money
    balance: Money
    paid_at: Moment | None
    payment_link: str = Field(description="Where it is paid; empty when nothing is owed.")

    @classmethod
    def of(cls, invoice: Invoice) -> "HisInvoice":
        columns = InvoiceShape.columns(invoice)
        return cls(**{name: columns[name] for name in cls.model_fields})


class WayShape(Shape):
    """A way to pay: the name to send, and what people call it."""

    name: str = Field(examples=["stripe"])
    label: str = Field(examples=["Card"])


class HisShare(Shape):
    invoice_code: str = Field(examples=["INV-000012"])
    amount: Money


class HisPayment(Shape):
    """A payment of one invoice or several, under way or done."""

    key: str
    address: str = Field(description="Where it is paid.", examples=["https://checkout.stripe.com/c/pay/cs_1"])
    state: StateName
    amount: Money
    currency: str = Field(examples=["USD"])
    shares: list[HisShare]
    started_at: Moment

    @classmethod
    def of(cls, attempt: Attempt) -> "HisPayment":
        shares = attempt.shares.select_related("invoice").order_by("invoice_id")
        return cls(
            key=attempt.key,
            address=attempt.pay_url,
            state=cast("StateName", attempt.state),
            amount=money(attempt.amount, attempt.currency),
            currency=attempt.currency,
            shares=[
                HisShare(invoice_code=one.invoice.code, amount=money(one.amount, attempt.currency)) for one in shares
            ],
            started_at=attempt.started_at,
        )


class PayingGiven(Given):
    codes: Annotated[list[Code], Field(min_length=1, max_length=50)]
    way: Annotated[str, Field(max_length=30, pattern=r"^[a-z_]+$", examples=["stripe"])]
    total: Amount = Field(description="The sum that he was shown.", examples=["42.35"])


class StatementLine(Shape):
    day: date
    text: str
    code: str = Field(examples=["INV-000012"])
    charged: Money
    paid: Money
    balance: Money


class HisStatement(Shape):
    """His account over a period: what was owed before, each charge and payment, what is owed after."""

    name: str
    start: date
    end: date
    currency: str = Field(examples=["USD"])
    opening: Money
    charged: Money
    paid: Money
    closing: Money
    lines: list[StatementLine]

    @classmethod
    def of(cls, made: Statement) -> "HisStatement":
        def shown(amount: Decimal) -> str:
            return money(amount, made.currency)

        return cls(
            name=made.name,
            start=made.period.start,
            end=made.period.end,
            currency=made.currency,
            lines=[
                StatementLine(
                    day=one.day,
                    text=one.text,
                    code=one.code,
                    charged=shown(one.charged),
                    paid=shown(one.paid),
                    balance=shown(one.balance),
                )
                for one in made.entries
            ],
            **{name: shown(getattr(made, name)) for name in ("opening", "charged", "paid", "closing")},
        )


@door.get("/my/invoices", Page[HisInvoice], customers=True)
def my_invoices(
    request: Asked,
    is_paid: bool | None = Query(None, alias="isPaid"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[HisInvoice]:
    """One's own invoices and credit notes, the latest first."""
    found = _his(request)
    if is_paid is not None:
        found = found.filter(kind=Invoice.Kind.INVOICE, standing__paid_at__isnull=not is_paid)
    return Walk({"id": "id", "dueOn": "due_on"}, sort, cursor, limit).page(found, HisInvoice.of)


@door.get("/my/invoices/{code}", HisInvoice, customers=True)
def my_invoice(request: Asked, code: Code) -> HisInvoice:
    """One of one's own invoices."""
    return HisInvoice.of(the_one(_his(request), code=code))


@door.get("/my/invoices/{code}/pdf", None, customers=True, status=200, binary="application/pdf")
def my_invoice_pdf(request: Asked, code: Code) -> HttpResponseBase:
    """The paper as PDF."""
    return pdf(the_one(_his(request).select_related("contact", "business"), code=code))


@door.get("/my/payment-ways", Page[WayShape], customers=True)
def my_payment_ways(request: Asked) -> Page[WayShape]:
    """The ways to pay that the shop offers; none where it takes no payments by link."""
    return Page(items=[WayShape(name=one.name, label=str(one.label)) for one in offered()])


@door.post("/my/payments", HisPayment, customers=True, alone=True, refuses=(503,))
def pay_invoices(request: Asked, given: PayingGiven) -> HisPayment:
    """Pay one invoice or several at once: answered with the address where they are paid.

    The sum is ours; when it is another than the `total` he was shown, 409. Asked again for the same invoices, the
    answer is the same payment, which can be paid once.
    """
    found = _his(request).filter(code__in=given.codes).order_by("due_on", "id")
    chosen = list(found.filter(pk__in=Invoice.objects.unpaid()))
    if len(chosen) < len(set(given.codes)):
        raise Problem(409, _("Choose invoices that are to be paid."), name="nothing-to-pay")
    elif len({paper.currency for paper in chosen}) > 1:
        raise wrong("codes", _("Pay invoices of one currency at once, then those of the other."))
    gateway = next((one for one in offered() if one.name == given.way), None)
    if gateway is None:
        raise wrong("way", _("There is no such way to pay."))
    try:
        attempt = start(chosen, gateway, payer=Contact.objects.who_is(request.customer), seen=given.total)
    except Changed as error:
        total = money(sum((paper.standing.balance for paper in chosen), ZERO), chosen[0].currency)
        said = _("What is owed is not what you were shown: it is %(total)s.") % {"total": total}
        raise Problem(409, said, name="sum-changed") from error
    except (GatewayDown, GatewayRefused) as error:
        log.exception("%s could not start a payment.", gateway.label)
        said = _("The payment page can't be opened just now. Nothing was charged.")
        raise Problem(503, said, headers=(("Retry-After", "60"),)) from error
    return HisPayment.of(attempt)


@door.get("/my/payments/{key}", HisPayment, customers=True)
def my_payment(request: Asked, key: Key) -> HisPayment:
    """How a payment of his went, as far as we have heard."""
    papers = Invoice.objects.visible_to(request.customer)
    attempt = the_one(Attempt.objects.all(), key=key)
    if attempt.invoices.exclude(pk__in=papers.values("pk")).exists():
        raise Problem(404)
    return HisPayment.of(attempt)


@door.get("/my/statement", HisStatement, customers=True)
def my_statement(
    request: Asked,
    start: Day | None = Query(None, alias="from"),
    end: Day | None = Query(None, alias="to"),
    business: Annotated[PathId, Field(description="Of a business that he sees all of, not of himself.")] | None = None,
) -> HisStatement:
    """The statement of account over a period; this year so far if none is named."""
    return HisStatement.of(_statement(request, start, end, business))


@door.get("/my/statement/pdf", None, customers=True, status=200, binary="application/pdf")
def my_statement_pdf(
    request: Asked,
    start: Day | None = Query(None, alias="from"),
    end: Day | None = Query(None, alias="to"),
    business: Annotated[PathId, Field(description="Of a business that he sees all of, not of himself.")] | None = None,
) -> HttpResponseBase:
    """The statement of account as PDF."""
    made = _statement(request, start, end, business)
    return pdf_answer(made.pdf(), f"statement-{made.period.start}-{made.period.end}", inline=False)


def _statement(request: Asked, start: date | None, end: date | None, business: int | None) -> Statement:
    now = today(Shop.get())
    period = Period(start or now.replace(month=1, day=1), end or now)
    if not period.is_sane:
        raise wrong("to", _("A period ends after it begins, and has at most eleven years."))
    seen = Business.objects.seen_by(request.customer)
    return Statement.of_customer(request.customer, period, named(seen, business, "business"))


def _his(request: Asked) -> Any:
    """What the portal shows him."""
    return Invoice.objects.visible_to(request.customer).select_related("standing", "ticket", "corrects")

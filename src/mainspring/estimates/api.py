"""The API's doors into estimates: the draft of a ticket, and what was sent with how it was answered."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, answers, wrong
from mainspring.api.shapes import (
    Change,
    Figure,
    Given,
    Id,
    Moment,
    Money,
    PathId,
    Percent,
    Price,
    Quantity,
    Shape,
    Sum,
    left_out,
    money,
    upto,
)
from mainspring.core.models import TaxRate
from mainspring.core.shop import Shop
from mainspring.estimates import drafting, permissions, sending
from mainspring.estimates.answering import Unanswerable, withdraw
from mainspring.estimates.drafting import Wanted
from mainspring.estimates.links import estimate_link
from mainspring.estimates.listing import Row
from mainspring.estimates.models import Answer, Choice, Draft, DraftLine, Estimate, EstimateQuerySet, Written
from mainspring.estimates.papers import pdf_of
from mainspring.inventory.models import Product
from mainspring.tickets.api import Number
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import pdf_answer
from mainspring.work.models import Service

door = Door("estimates", "Estimates")
doors = [door]
answers(409, Unanswerable)

State = Literal["sent", "approved", "declined", "withdrawn", "expired"]
ChoiceName = Literal["always", "any", "one"]
SORTS = {"id": "id", "validUntil": "valid_until"}
MOST_LINES = 200


class EstimateLineShape(Shape):
    """A line, and whether its customer may choose it: `always` in it, `any` if wanted, `one` of its group."""

    id: int
    kind: str = Field(examples=["labour"])
    description: str = Field(examples=["Replace the fuser"])
    quantity: Figure
    unit_price: Figure
    discount_percent: Figure
    tax_percent: Figure
    choice: ChoiceName
    group: str = Field(examples=["Screen"])

    @classmethod
    def columns(cls, line: Written) -> dict[str, Any]:
        return {name: getattr(line, name) for name in EstimateLineShape.model_fields}

    @classmethod
    def of(cls, line: Written) -> "EstimateLineShape":
        return cls(**cls.columns(line))


class SentLineShape(EstimateLineShape):
    """A line as it was sent."""

    amount: Money = Field(description="After its discount, in the prices of the estimate.")
    is_in_total: bool


class AnswerShape(Shape):
    """What became of an estimate, with the evidence of a signature."""

    kind: Literal["approved", "declined", "withdrawn", "expired"]
    name: str = Field(description="Who signed.", examples=["Carol Marin"])
    reason: str = Field(description="Why it was declined.")
    is_drawn: bool = Field(description="The signature was drawn, besides the typed name.")
    sha256: str = Field(description="Of the exact text that was signed.")
    address: str = Field(description="The network address it was answered from.")
    user_agent: str
    deposit_invoice: str | None = Field(examples=["INV-000012"])
    at: Moment

    @classmethod
    def of(cls, answer: Answer) -> "AnswerShape":
        plain = ("kind", "name", "reason", "sha256", "address", "user_agent", "at")
        return cls(
            is_drawn=bool(answer.signature),
            deposit_invoice=answer.deposit.code if answer.deposit else None,
            **{name: getattr(answer, name) for name in plain},
        )


class EstimateShape(Shape):
    """An estimate as it was sent; it never changes. Sent anew it is a further version."""

    id: int
    code: str = Field(examples=["EST-000012"])
    version: int
    ticket_number: int
    state: State
    language: str
    text: str
    valid_until: date
    currency: str = Field(examples=["USD"])
    prices_include_tax: bool
    is_exempt: bool = Field(description="The customer pays no tax.")
    total: Money = Field(description="What was approved; before that with the first of each group of one.")
    deposit_percent: Figure
    deposit_amount: Money
    sent_at: Moment
    answer: AnswerShape | None
    customer_link: str = Field(description="The customer's page of it.")

    @classmethod
    def columns(cls, row: Row) -> dict[str, Any]:
        estimate, answer = row.estimate, getattr(row.estimate, "answer", None)
        plain = ("code", "version", "language", "text", "valid_until", "currency", "prices_include_tax", "is_exempt")
        return {
            **{name: getattr(estimate, name) for name in plain},
            "id": estimate.pk,
            "ticket_number": estimate.ticket.number,
            "state": row.state,
            "total": money(row.total, estimate.currency),
            "deposit_percent": estimate.deposit_percent,
            "deposit_amount": money(estimate.deposit_amount, estimate.currency),
            "sent_at": estimate.sent_at,
            "answer": AnswerShape.of(answer) if answer else None,
            "customer_link": estimate_link(estimate),
        }

    @classmethod
    def of(cls, estimate: Estimate) -> "EstimateShape":
        return cls(**cls.columns(Row.of(estimate)))


class WholeEstimateShape(EstimateShape):
    """An estimate with its lines."""

    lines: list[SentLineShape]

    @classmethod
    def of(cls, estimate: Estimate) -> "WholeEstimateShape":
        row = Row.of(estimate)
        return cls(lines=sent_lines(row), **cls.columns(row))


class DraftShape(Shape):
    """The estimate of a ticket that is being written."""

    ticket_number: int
    text: str
    valid_days: int
    deposit_percent: Figure
    deposit_amount: Money
    currency: str = Field(examples=["USD"])
    lines: list[EstimateLineShape]

    @classmethod
    def of(cls, draft: Draft) -> "DraftShape":
        currency = Shop.get().currency
        return cls(
            ticket_number=draft.ticket.number,
            text=draft.text,
            valid_days=draft.valid_days,
            deposit_percent=draft.deposit_percent,
            deposit_amount=money(draft.deposit_amount, currency),
            currency=currency,
            lines=[EstimateLineShape.of(line) for line in draft.lines.all()] if draft.pk else [],
        )


class EstimateLineGiven(Given):
    """A service or product on its own terms, unless told otherwise; or a text with `unitPrice` and `taxId`."""

    service_id: Id | None = None
    product_id: Id | None = None
    description: Annotated[str, upto(300)] = Field("", examples=["Replace the fuser"])
    quantity: Quantity = Decimal(1)
    unit_price: Price | None = None
    discount_percent: Percent = Decimal(0)
    tax_id: Id | None = Field(None, description="The tax of a text.")
    choice: ChoiceName = "always"
    group: Annotated[str, upto(80)] = Field("", description="Of which the customer chooses one.")


class DraftChange(Change):
    """`lines` take the place of all that are there. A deposit is per cent or an amount."""

    text: Annotated[str, upto(4000)] = left_out()
    valid_days: Annotated[int, Field(ge=1, le=365, strict=True)] = left_out()
    deposit_percent: Percent = left_out()
    deposit_amount: Sum = left_out()
    lines: Annotated[list[EstimateLineGiven], Field(max_length=MOST_LINES)] = left_out()


@door.get("/estimates", Page[EstimateShape], may=permissions.VIEW)
def estimates(
    request: Asked,
    ticket: Annotated[int, Field(ge=1, le=2**63 - 1, description="A ticket's number.")] | None = None,
    state: State | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-id",
) -> Page[EstimateShape]:
    """Estimates that were sent, the latest first."""
    found = in_state(Estimate.objects.visible_to(request.user), state)
    if ticket is not None:
        found = found.filter(ticket__number=ticket)
    return Walk(SORTS, sort, cursor, limit).page(found.with_answers(), EstimateShape.of)


@door.get("/estimates/{pk}", WholeEstimateShape, may=permissions.VIEW)
def estimate(request: Asked, pk: PathId) -> WholeEstimateShape:
    """An estimate with its lines, and how it was answered."""
    return WholeEstimateShape.of(_estimate(request, pk))


@door.get("/estimates/{pk}/pdf", None, may=permissions.VIEW, status=200, binary="application/pdf")
def estimate_pdf(request: Asked, pk: PathId) -> HttpResponseBase:
    """The archived paper: the signed one once it is approved."""
    return pdf(_estimate(request, pk))


@door.post("/estimates/{pk}/withdraw", WholeEstimateShape, may=permissions.SEND, status=200)
def withdraw_estimate(request: Asked, pk: PathId) -> WholeEstimateShape:
    """It can't be approved any more. 409 when it was answered meanwhile."""
    withdraw(_estimate(request, pk), by=request.user)
    return WholeEstimateShape.of(_estimate(request, pk))


@door.post("/estimates/{pk}/take-up", DraftShape, may=permissions.WRITE, status=200)
def take_up_estimate(request: Asked, pk: PathId) -> DraftShape:
    """Its text, terms and lines become the draft, to be changed and sent anew. 409 when one is begun already."""
    return DraftShape.of(sending.take_up(_estimate(request, pk)))


@door.get("/tickets/{number}/estimate-draft", DraftShape, may=permissions.WRITE)
def estimate_draft(request: Asked, number: Number) -> DraftShape:
    """The estimate that is being written; an empty one on the shop's terms before the first line."""
    return DraftShape.of(Draft.of(_ticket(request, number)))


@door.patch("/tickets/{number}/estimate-draft", DraftShape, may=permissions.WRITE)
def write_estimate_draft(request: Asked, number: Number, given: DraftChange) -> DraftShape:
    """Write text, validity, deposit and lines of the draft: only what is sent."""
    ticket = _ticket(request, number)
    draft = drafting.locked(ticket)
    must_match(request, DraftShape.of(draft))
    changes = given.given
    lines = changes.pop("lines", None)
    kept = {name: changes.get(name, getattr(draft, name)) for name in ("deposit_percent", "deposit_amount")}
    if all(kept.values()):
        raise wrong("depositAmount", _("A deposit is either per cent or an amount."))
    drafting.keep(ticket, **changes)
    if lines is not None:
        drafting.put_lines(ticket, _wanted(lines, "lines."))
    return DraftShape.of(Draft.of(ticket))


@door.post("/tickets/{number}/estimate-draft/lines", EstimateLineShape, may=permissions.WRITE)
def add_estimate_line(request: Asked, number: Number, given: EstimateLineGiven) -> EstimateLineShape:
    """Add a line to the draft."""
    ticket = _ticket(request, number)
    if DraftLine.objects.filter(draft__ticket=ticket).count() >= MOST_LINES:
        raise Problem(409, _("An estimate has at most %(count)d lines.") % {"count": MOST_LINES})
    return EstimateLineShape.of(drafting.add_lines(ticket, _wanted([given]))[0])


@door.delete("/tickets/{number}/estimate-draft/lines/{pk}", may=permissions.WRITE)
def remove_estimate_line(request: Asked, number: Number, pk: PathId) -> None:
    """Take a line off the draft."""
    ticket = _ticket(request, number)
    drafting.locked(ticket)
    the_one(DraftLine.objects.all(), draft__ticket=ticket, pk=pk).delete()


@door.post("/tickets/{number}/estimate-draft/send", WholeEstimateShape, may=permissions.SEND)
def send_estimate(request: Asked, number: Number) -> WholeEstimateShape:
    """Send the draft to the customer: numbered and frozen. One that waits on the ticket is withdrawn."""
    sent = sending.send(_ticket(request, number), by=request.user)
    return WholeEstimateShape.of(_estimate(request, sent.pk))


def in_state(found: EstimateQuerySet, state: str | None) -> EstimateQuerySet:
    """Those in this state; all without one."""
    if state is None:
        return found
    elif state == "sent":
        return found.waiting()
    elif state == "expired":
        return found.expired()
    else:
        return found.answered(state)


def sent_lines(row: Row) -> list[SentLineShape]:
    currency = row.estimate.currency
    return [
        SentLineShape(amount=money(amount, currency), is_in_total=is_in, **SentLineShape.columns(line))
        for line, amount, is_in in row.lines
    ]


def pdf(found: Estimate) -> HttpResponse:
    """The paper as it is archived."""
    return pdf_answer(pdf_of(found), found.code, inline=False)


def _estimate(request: Asked, pk: int) -> Estimate:
    return the_one(Estimate.objects.visible_to(request.user).with_answers(), pk=pk)


def _ticket(request: Asked, number: int) -> Ticket:
    return the_one(Ticket.objects.visible_to(request.user).with_people(), number=number)


def _wanted(lines: Sequence[EstimateLineGiven], place: str = "") -> list[Wanted]:
    """The lines with what they name; 422 for one that is about nothing. `place` is where they stand in the body."""
    found = []
    for position, line in enumerate(lines):
        at = f"{place}{position}." if place else ""
        service = named(Service.objects.filter(is_diagnostic=False), line.service_id, f"{at}serviceId")
        product = named(Product.objects.all(), line.product_id, f"{at}productId")
        tax = named(TaxRate.objects.all(), line.tax_id, f"{at}taxId")
        is_text = bool(line.description.strip()) and line.unit_price is not None and tax is not None
        if not (service or product or is_text):
            raise wrong(f"{at}description", _("Choose a service or a product, or write a text with price and tax."))
        elif line.choice == Choice.ONE and not line.group.strip():
            raise wrong(f"{at}group", _("Name the group of which the customer chooses one."))
        found.append(
            Wanted(
                service=service,
                product=product,
                description=line.description.strip(),
                quantity=line.quantity,
                price=line.unit_price,
                discount=line.discount_percent,
                tax=tax,
                choice=line.choice,
                group=line.group.strip(),
            )
        )
    return found

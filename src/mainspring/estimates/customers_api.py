"""The API's doors for a customer's own token: his estimates, and his answer to them."""

from datetime import date
from typing import Annotated, Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import the_one
from mainspring.api.limits import demand
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import wrong
from mainspring.api.shapes import Given, Id, Moment, Money, PathId, Shape, filled, money, upto
from mainspring.estimates.answering import ANSWERS, Evidence, Signature, approve, decline
from mainspring.estimates.api import MOST_LINES, SORTS, EstimateShape, SentLineShape, State, in_state, pdf, sent_lines
from mainspring.estimates.drawing import BEGINS, MOST, NotDrawn, read_drawing
from mainspring.estimates.listing import Row
from mainspring.estimates.models import Answer, Estimate, EstimateQuerySet

door = Door("estimates", "For customers")
doors = [door]

CHOSEN = "Ids of the lines that are wanted."


class HisAnswer(Shape):
    """How he answered."""

    name: str = Field(examples=["Carol Marin"])
    reason: str
    sha256: str = Field(description="Of the exact text that was signed.")
    deposit_invoice: str | None = Field(examples=["INV-000012"])
    at: Moment

    @classmethod
    def of(cls, answer: Answer) -> "HisAnswer":
        return cls(
            name=answer.name,
            reason=answer.reason,
            sha256=answer.sha256,
            deposit_invoice=answer.deposit.code if answer.deposit else None,
            at=answer.at,
        )


class HisEstimate(Shape):
    """An estimate as its customer sees it."""

    id: int
    code: str = Field(examples=["EST-000012"])
    ticket_number: int
    state: State
    text: str
    valid_until: date
    currency: str = Field(examples=["USD"])
    prices_include_tax: bool
    total: Money = Field(description="What was approved; before that with the first of each group of one.")
    sent_at: Moment
    answer: HisAnswer | None
    customer_link: str = Field(description="Its page, to choose and sign.")

    @classmethod
    def columns(cls, row: Row) -> dict[str, Any]:
        told, answer = EstimateShape.columns(row), getattr(row.estimate, "answer", None)
        return {
            **{name: told[name] for name in HisEstimate.model_fields},
            "answer": HisAnswer.of(answer) if answer else None,
        }

    @classmethod
    def of(cls, estimate: Estimate) -> "HisEstimate":
        return cls(**cls.columns(Row.of(estimate)))


class HisWholeEstimate(HisEstimate):
    """An estimate with its lines."""

    lines: list[SentLineShape]

    @classmethod
    def of(cls, estimate: Estimate) -> "HisWholeEstimate":
        row = Row.of(estimate)
        return cls(lines=sent_lines(row), **cls.columns(row))


class HisSum(Shape):
    """What a choice comes to."""

    chosen: list[int] = Field(description="The lines that are in it, those that always are among them.")
    currency: str = Field(examples=["USD"])
    net: Money
    tax: Money
    total: Money
    deposit: Money = Field(description="To be paid in advance.")


class ApprovalGiven(Given):
    """His choice, and his name as the signature; with `drawing` a drawn one besides, a PNG as a data address."""

    chosen: Annotated[list[Id], Field(max_length=MOST_LINES, description=CHOSEN)] = []
    name: Annotated[str, filled(150)] = Field(examples=["Carol Marin"])
    drawing: Annotated[str, upto(MOST + len(BEGINS))] = ""


class DeclineGiven(Given):
    reason: Annotated[str, upto(500)] = Field("", examples=["It costs more than a new one."])


@door.get("/my/estimates", Page[HisEstimate], customers=True)
def my_estimates(
    request: Asked, state: State | None = None, limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "-id"
) -> Page[HisEstimate]:
    """All that were sent to him, the latest first."""
    found = in_state(_his(request), state).with_answers()
    return Walk(SORTS, sort, cursor, limit).page(found, HisEstimate.of)


@door.get("/my/estimates/{pk}", HisWholeEstimate, customers=True)
def my_estimate(request: Asked, pk: PathId) -> HisWholeEstimate:
    """One of his estimates."""
    return HisWholeEstimate.of(_estimate(request, pk))


@door.get("/my/estimates/{pk}/sum", HisSum, customers=True)
def my_choice(
    request: Asked, pk: PathId, chosen: list[PathId] = Query([], max_length=MOST_LINES, description=CHOSEN)
) -> HisSum:
    """What a choice comes to, before it is signed. Of each group of one the first is in it, if none is named."""
    found = _estimate(request, pk)
    lines = found.chosen(_picked(found, chosen))
    bill = found.bill(lines)
    sums = {name: money(getattr(bill, name), found.currency) for name in ("net", "tax", "total")}
    deposit = money(found.deposit(bill), found.currency)
    return HisSum(chosen=[line.pk for line in lines], currency=found.currency, deposit=deposit, **sums)


@door.post("/my/estimates/{pk}/approve", HisWholeEstimate, customers=True, status=200)
def approve_estimate(request: Asked, pk: PathId, given: ApprovalGiven) -> HisWholeEstimate:
    """Approve and sign. What was chosen is charged, a deposit is invoiced; it can be done once."""
    found = _answerable(request, pk)
    try:
        drawing = read_drawing(given.drawing)
    except NotDrawn as error:
        raise wrong("drawing", str(error)) from error
    name = " ".join(given.name.split())
    approve(found, _picked(found, given.chosen), Signature(name, drawing, **vars(Evidence.of(request))))
    return HisWholeEstimate.of(_estimate(request, pk))


@door.post("/my/estimates/{pk}/decline", HisWholeEstimate, customers=True, status=200)
def decline_estimate(request: Asked, pk: PathId, given: DeclineGiven) -> HisWholeEstimate:
    """Decline, with a reason that helps us. The repair is declined with it, unless another one was approved."""
    decline(_answerable(request, pk), given.reason, **vars(Evidence.of(request)))
    return HisWholeEstimate.of(_estimate(request, pk))


@door.get("/my/estimates/{pk}/pdf", None, customers=True, status=200, binary="application/pdf")
def my_estimate_pdf(request: Asked, pk: PathId) -> HttpResponseBase:
    """The paper: the signed one once it is approved."""
    return pdf(_estimate(request, pk))


def _his(request: Asked) -> EstimateQuerySet:
    """What the portal shows him."""
    return Estimate.objects.visible_to(request.customer)


def _estimate(request: Asked, pk: int) -> Estimate:
    return the_one(_his(request).with_answers(), pk=pk)


def _answerable(request: Asked, pk: int) -> Estimate:
    """His estimate; 429 when it was tried too often, here or on its page."""
    found = _estimate(request, pk)
    demand(ANSWERS, found.pk)
    return found


def _picked(estimate: Estimate, chosen: list[int]) -> set[int]:
    """What he chose, if it can be chosen: each a line of it, at most one of each group of one."""
    picked = set(chosen)
    if not picked <= {line.pk for line in estimate.chosen(picked)}:
        raise wrong("chosen", _("Choose lines of this estimate, and one of each group."))
    return picked

"""Answering an estimate, at most once: approved and signed, declined, withdrawn, expired."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.billing.arithmetic import ChargeKind
from mainspring.billing.issuing import DepositInvoice
from mainspring.core.asked import clean
from mainspring.core.limits import Limit
from mainspring.estimates.events import (
    ESTIMATE_APPROVED,
    ESTIMATE_DECLINED,
    ESTIMATE_EXPIRED,
    ESTIMATE_WITHDRAWN,
)
from mainspring.estimates.models import Answer, ApprovedCharge, Estimate, EstimateLine
from mainspring.events.models import Actor, record
from mainspring.events.origin import client_address
from mainspring.tickets.models import Automation, Status, StatusKind, Ticket
from mainspring.work.models import add_service

ANSWERS = Limit("estimate-answer", 20, 3600)
"""How often one estimate may be tried to be answered, by whichever door."""


class Unanswerable(ValueError):
    """The estimate can't be answered, sent or withdrawn; the sentence says why."""


@dataclass(frozen=True)
class Evidence:
    """From where somebody answers, and by what."""

    address: str
    user_agent: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Evidence":
        return cls(client_address(request)[:60], clean(request.headers.get("User-Agent"), 400))


@dataclass(frozen=True)
class Signature:
    """Who signs, how, and from where. `drawing` is a PNG, or empty for a typed name."""

    name: str
    drawing: bytes = b""
    address: str = ""
    user_agent: str = ""


@transaction.atomic
def approve(estimate: Estimate, picked: set[int], signature: Signature) -> Answer:
    """The chosen lines become charges, the deposit an invoice; the evidence is kept. At most once."""
    ticket, contact = _open(estimate), estimate.ticket.contact
    lines = estimate.chosen(picked)
    bill = estimate.bill(lines)
    text = signed_text(estimate, lines, signature)
    with translation.override(estimate.language):
        words = _("Deposit for %(code)s") % {"code": estimate.code}
    deposit = DepositInvoice(ticket, bill, words, estimate.deposit_share(bill)).issue(by=contact)
    answer = _answer(
        estimate,
        kind=Answer.Kind.APPROVED,
        name=signature.name,
        text=text,
        sha256=Answer.hash_of(text),
        signature=signature.drawing,
        address=signature.address,
        user_agent=signature.user_agent[:400],
        total=bill.total,
        chosen=[line.pk for line in lines],
        deposit=deposit,
    )
    for line in lines:
        _charge(ticket, line, by=contact)
    if ticket.declined_at is not None:
        ticket.resume_repair(by=contact)
    _move_on(ticket, contact)
    said = told(estimate, total=shown(estimate, bill.total), name=signature.name)
    record(ESTIMATE_APPROVED, estimate, by=contact, stream=ticket, data=said)
    return answer


@transaction.atomic
def decline(estimate: Estimate, reason: str, *, address: str = "", user_agent: str = "") -> Answer:
    """The customer does not want it. Unless he approved another, the repair is declined: the fee stands."""
    ticket, contact = _open(estimate), estimate.ticket.contact
    answer = _answer(
        estimate, kind=Answer.Kind.DECLINED, reason=reason[:500], address=address, user_agent=user_agent[:400]
    )
    if not Answer.objects.filter(estimate__ticket=ticket, kind=Answer.Kind.APPROVED).exists():
        ticket.decline_repair(by=contact)
    _move_on(ticket, contact)
    record(ESTIMATE_DECLINED, estimate, by=contact, stream=ticket, data=told(estimate, reason=reason or "–"))
    return answer


@transaction.atomic
def withdraw(estimate: Estimate, *, by: Actor | None) -> None:
    """It can't be approved any more. Raises Unanswerable when it was answered meanwhile."""
    locked(estimate)
    _answer(estimate, kind=Answer.Kind.WITHDRAWN)
    record(ESTIMATE_WITHDRAWN, estimate, by=by, stream=estimate.ticket, data=told(estimate))


@transaction.atomic
def expire(estimate: Estimate) -> Answer | None:
    """Its time is over: noted once. Nothing happens to one that was answered, or still has time."""
    locked(estimate)
    if not estimate.is_expired or estimate.answered:
        return None
    answer = _answer(estimate, kind=Answer.Kind.EXPIRED)
    record(ESTIMATE_EXPIRED, estimate, by=None, stream=estimate.ticket, data=told(estimate))
    return answer


def signed_text(estimate: Estimate, lines: list[EstimateLine], signature: Signature) -> str:
    """The exact text that is signed: one form, the same bytes for the same choice. Its hash covers the drawing too."""
    bill = estimate.bill(lines)
    return "\n".join(
        [
            f"{estimate.code} / #{estimate.ticket.number} / {estimate.valid_until.isoformat()}",
            estimate.text,
            *(
                f"{line.quantity.normalize():f} × {line.description} @ {line.unit_price.normalize():f}"
                f" − {line.discount_percent.normalize():f} % + {line.tax_percent.normalize():f} %"
                for line in lines
            ),
            f"= {shown(estimate, bill.net)} + {shown(estimate, bill.tax)} = {shown(estimate, bill.total)}",
            f"deposit {shown(estimate, estimate.deposit(bill))}",
            signature.name,
            *([f"PNG SHA-256 {hashlib.sha256(signature.drawing).hexdigest()}"] if signature.drawing else []),
        ]
    )


def locked(estimate: Estimate) -> Ticket:
    """Its ticket, locked: whoever sends, answers or withdraws waits here for whoever came before."""
    return Ticket.objects.select_for_update().get(pk=estimate.ticket_id)


def _open(estimate: Estimate) -> Ticket:
    """The ticket, locked, of an estimate that can still be answered."""
    ticket = locked(estimate)
    if Answer.objects.filter(estimate=estimate).exists():
        raise Unanswerable(_("This estimate was answered or withdrawn already."))
    elif estimate.is_expired:
        raise Unanswerable(_("This estimate has expired. Ask us for a new one."))
    elif ticket.is_done:
        raise Unanswerable(_("The work on this ticket is done. Call us if something is left."))
    return ticket


def _answer(estimate: Estimate, **columns: object) -> Answer:
    try:
        with transaction.atomic():
            return Answer.objects.create(estimate=estimate, **columns)
    except IntegrityError as error:
        raise Unanswerable(_("This estimate was answered or withdrawn already.")) from error


def _charge(ticket: Ticket, line: EstimateLine, *, by: Actor | None) -> None:
    """A flat service is labour at once; what leaves the shelf, or is free text, is charged as it was approved."""
    if line.kind == ChargeKind.LABOUR.value and line.service and not line.service.is_hourly:
        labour = add_service(
            ticket,
            line.service,
            by=by,
            quantity=line.quantity,
            price=line.unit_price,
            description=line.description,
            discount_percent=line.discount_percent,
        )
        if labour.tax_percent != line.tax_percent:
            labour.change(by=by, tax_percent=line.tax_percent)
    else:
        ApprovedCharge.objects.create(ticket=ticket, line=line)


def _move_on(ticket: Ticket, by: Actor | None) -> None:
    if Automation.get().reply_is_noted:
        ticket.become(Status.first_of(StatusKind.CUSTOMER_REPLIED), by=by)


def shown(estimate: Estimate, amount: object) -> str:
    return f"{amount:f} {estimate.currency}"


def told(estimate: Estimate, **more: str) -> dict[str, str]:
    return {"code": estimate.code, **more}

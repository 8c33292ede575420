"""An estimate goes to the customer, with a word before it ends; the signed one goes to both sides."""

from typing import Any

from babel.dates import format_date

from mainspring.billing.paying import pay_link
from mainspring.core.links import link
from mainspring.core.money import show_money
from mainspring.crm.models import Contact
from mainspring.estimates.events import (
    ESTIMATE_APPROVED,
    ESTIMATE_DECLINED,
    ESTIMATE_EXPIRED,
    ESTIMATE_REMINDED,
    ESTIMATE_SENT,
)
from mainspring.estimates.links import estimate_link
from mainspring.estimates.models import Answer, Estimate
from mainspring.estimates.papers import sent_pdf, signed_pdf
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.notifications import letters
from mainspring.notifications.reactions.tickets import tell_person
from mainspring.notifications.telling import Telling
from mainspring.outbox.models import Enclosure, Pace


def _estimate(event: Event) -> Estimate:
    pk = int(event.subject.partition(":")[2])
    people = ("ticket__assignee", "ticket__contact", "ticket__business", "ticket__status")
    return Estimate.objects.select_related(*people).get(pk=pk)


def _paper(estimate: Estimate, content: bytes) -> Enclosure:
    return Enclosure(f"{estimate.code}.pdf", "application/pdf", content)


def _offer(estimate: Estimate, reader: Contact) -> dict[str, str]:
    return {
        "estimate": estimate.code,
        "text": estimate.text,
        "valid_until": format_date(estimate.valid_until, "medium", locale=reader.speaks),
        "estimate_link": estimate_link(estimate),
    }


@after_commit(ESTIMATE_SENT)
def mail_estimate(event: Event) -> None:
    """By mail, with the link and the paper; nothing of one that was answered or withdrawn meanwhile."""
    estimate = _estimate(event)
    if estimate.answered is None:
        paper = _paper(estimate, sent_pdf(estimate))
        Telling(
            estimate.ticket,
            letters.ESTIMATE,
            f"estimate-{estimate.pk}",
            lambda reader: _offer(estimate, reader),
            lambda _reader: [paper],
            Pace.HAND,
        ).tell()


@after_commit(ESTIMATE_REMINDED)
def mail_reminder(event: Event) -> None:
    """Once more, before it ends; nothing when the answer came in between."""
    estimate = _estimate(event)
    if estimate.answered is None:
        Telling(
            estimate.ticket,
            letters.ESTIMATE_REMINDER,
            f"estimate-{estimate.pk}-reminder",
            lambda reader: _offer(estimate, reader),
            pace=Pace.AUTOMATIC,
        ).tell()


@after_commit(ESTIMATE_APPROVED)
def mail_signed(event: Event) -> None:
    """The signed paper to the customer, with the way to pay the deposit."""
    estimate = _estimate(event)
    answer = Answer.objects.select_related("deposit__standing").get(estimate=estimate)
    paper, deposit = _paper(estimate, signed_pdf(answer)), answer.deposit
    owed = deposit.standing.balance if deposit else None

    def values(reader: Contact) -> dict[str, Any]:
        return {
            "estimate": estimate.code,
            "total": show_money(answer.total, estimate.currency, reader.speaks),
            "deposit": show_money(owed, estimate.currency, reader.speaks) if owed else "",
            "pay_link": pay_link(deposit) if deposit and owed else "",
        }

    Telling(
        estimate.ticket,
        letters.ESTIMATE_APPROVED,
        f"estimate-{estimate.pk}-approved",
        values,
        lambda _reader: [paper],
        Pace.ANSWER,
    ).tell()


@after_commit(ESTIMATE_APPROVED, ESTIMATE_DECLINED, ESTIMATE_EXPIRED)
def tell_answer(event: Event) -> None:
    """Whoever has the ticket hears how it ended."""
    estimate = _estimate(event)
    ticket = estimate.ticket
    if ticket.assignee is not None and ticket.assignee.is_active:
        answer = Answer.objects.get(estimate=estimate)
        is_approved = answer.kind == Answer.Kind.APPROVED
        told = {
            "number": ticket.number,
            "estimate": estimate.code,
            "approved": is_approved,
            "expired": answer.kind == Answer.Kind.EXPIRED,
            "total": event.data.get("total", ""),
            "reason": event.data.get("reason", ""),
            "link": link("ticket", ticket.number),
        }
        tell_person(
            ticket.assignee,
            letters.ESTIMATE_ANSWERED,
            told,
            serial=f"event:{event.pk}",
            about=ticket,
            enclosures=[_paper(estimate, signed_pdf(answer))] if is_approved else [],
        )

"""Sending an estimate: the draft is copied, numbered, frozen; an earlier one that waits is withdrawn."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from mainspring.core.numbers import NumberSeries
from mainspring.core.shop import Shop
from mainspring.estimates.answering import Unanswerable, shown, told, withdraw
from mainspring.estimates.events import ESTIMATE_REMINDED, ESTIMATE_SENT
from mainspring.estimates.models import (
    Choice,
    Draft,
    DraftLine,
    Estimate,
    EstimateLine,
    Terms,
    columns_of,
    valid_until,
)
from mainspring.events.models import Actor, Event, record, reference
from mainspring.tickets.models import Automation, Status, StatusKind, Ticket

LARGEST = Decimal(10**11)
"""What a column of money holds no more."""


@transaction.atomic
def send(ticket: Ticket, *, by: Actor | None) -> Estimate:
    """The draft becomes an estimate. Raises Unanswerable for one without lines or a ticket that is done."""
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    draft = Draft.objects.filter(ticket=ticket).first()
    lines = list(draft.lines.all()) if draft else []
    if draft is None or not lines:
        raise Unanswerable(_("There is nothing on the estimate yet."))
    elif ticket.is_done:
        raise Unanswerable(_("Ticket #%(number)s is done. Reopen it first.") % {"number": ticket.number})
    shop, before = Shop.get(), waiting(ticket)
    if before is not None:
        withdraw(before, by=by)
    language = ticket.contact.speaks if ticket.contact else shop.language
    estimate = Estimate.objects.create(
        ticket=ticket,
        number=before.number if before else NumberSeries.take("estimate"),
        version=before.version + 1 if before else 1,
        language=language,
        text="\n\n".join(filter(None, (draft.text, Terms.get().text.into(language)))),
        valid_until=valid_until(shop, draft.valid_days),
        deposit_percent=draft.deposit_percent,
        deposit_amount=draft.deposit_amount,
        currency=shop.currency,
        prices_include_tax=shop.prices_include_tax,
        is_exempt=bool(ticket.contact and ticket.contact.pays_no_tax),
    )
    EstimateLine.objects.bulk_create(EstimateLine(estimate=estimate, **columns_of(line)) for line in lines)
    most = estimate.bill([line for line in estimate.lines.all() if line.choice != Choice.ONE] + _dearest(estimate))
    if most.total >= LARGEST:
        raise Unanswerable(_("The sum is larger than can be invoiced."))
    draft.delete()
    if Automation.get().question_waits:
        ticket.become(Status.first_of(StatusKind.WAITING_CUSTOMER), by=by)
    record(ESTIMATE_SENT, estimate, by=by, stream=ticket, data=told(estimate, total=shown(estimate, most.total)))
    return estimate


def _dearest(estimate: Estimate) -> list[EstimateLine]:
    found: dict[str, EstimateLine] = {}
    for line in estimate.lines.filter(choice=Choice.ONE):
        known = found.get(line.group)
        if known is None or estimate.bill([line]).total > estimate.bill([known]).total:
            found[line.group] = line
    return list(found.values())


def waiting(ticket: Ticket) -> Estimate | None:
    """The estimate of the ticket that is not answered yet."""
    return Estimate.objects.filter(ticket=ticket, answer=None).order_by("-id").first()


@transaction.atomic
def take_up(estimate: Estimate) -> Draft:
    """Its text, terms and lines become the draft's, to be changed and sent anew.

    Raises Unanswerable when the draft has lines already.
    """
    ticket = Ticket.objects.select_for_update().get(pk=estimate.ticket_id)
    draft = Draft.of(ticket)
    if draft.pk and draft.lines.exists():
        raise Unanswerable(_("A new estimate is begun already. Send it, or remove its lines first."))
    terms = Terms.get().text.into(estimate.language)
    draft.text = estimate.text.removesuffix(terms).rstrip()
    draft.deposit_percent, draft.deposit_amount = estimate.deposit_percent, estimate.deposit_amount
    draft.save()
    DraftLine.objects.bulk_create(DraftLine(draft=draft, **columns_of(line)) for line in estimate.lines.all())
    return draft


@transaction.atomic
def remind(estimate: Estimate) -> None:
    """The customer is asked once more, once; whoever has answered is not."""
    Ticket.objects.select_for_update().get(pk=estimate.ticket_id)
    reminded = Event.objects.filter(subject=reference(estimate), kind=ESTIMATE_REMINDED.name)
    if not (estimate.answered or estimate.is_expired or reminded.exists()):
        record(ESTIMATE_REMINDED, estimate, by=None, stream=estimate.ticket, data=told(estimate))

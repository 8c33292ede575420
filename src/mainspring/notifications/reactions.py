"""Who is told what. Each reaction runs after the act, perhaps twice, and tells once."""

from django.db import transaction
from django.utils import translation

from mainspring.accounts.models import Person, Role
from mainspring.billing.events import INVOICE_ISSUED, PAYMENT_RECEIVED
from mainspring.billing.models import Invoice, Payment
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import pay_link
from mainspring.core.money import show_money
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit, in_transaction
from mainspring.inventory.events import STOCK_RAN_LOW
from mainspring.inventory.models import Product
from mainspring.notifications import letters
from mainspring.notifications.telling import Telling
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.tickets.events import (
    NOTE_ADDED,
    NOTE_TAKEN_BACK,
    STATUS_CHANGED,
    TICKET_ASSIGNED,
    TICKET_CLOSED,
    TICKET_DUE_MOVED,
    TICKET_OPENED,
)
from mainspring.tickets.invite import invite
from mainspring.tickets.models import Message, Ticket

INVITE = "text/calendar; charset=utf-8; method={}"


def _ticket(event: Event) -> Ticket:
    return Ticket.objects.with_people().get(pk=int(event.stream.partition(":")[2]))


def _pk(event: Event) -> int:
    return int(event.subject.partition(":")[2])


@after_commit(TICKET_OPENED)
@transaction.atomic
def confirm(event: Event) -> None:
    """Number, details, status link; the way to pay when there is a fee; the date as an invite."""
    ticket = _ticket(event)
    fee = Invoice.objects.of_ticket(ticket).filter(purpose=Invoice.Purpose.DIAGNOSTIC).first()
    words = {}
    if fee is not None and fee.standing.balance:
        words = {"fee": show_money(fee.standing.balance, fee.currency, fee.language), "pay_link": pay_link(fee)}
    enclosures = [Enclosure("invite.ics", INVITE.format("REQUEST"), invite(ticket))] if ticket.due_at else []
    Telling(ticket, letters.OPENED, "opened", words, enclosures).tell()


@after_commit(STATUS_CHANGED, TICKET_ASSIGNED)
@transaction.atomic
def report_change(event: Event) -> None:
    """What changed, unless the change came with something that tells more."""
    ticket = _ticket(event)
    told_otherwise = event.data.get("kind_after") in ("customer_replied", "waiting_customer", "closed")
    if not event.actor.startswith("contact:") and not told_otherwise:
        Telling(
            ticket, letters.UPDATED, f"event-{event.pk}", {"status": event.data.get("after", str(ticket.status))}
        ).tell()


@after_commit(TICKET_DUE_MOVED)
@transaction.atomic
def move_invite(event: Event) -> None:
    """The date moved: the invite follows with its higher SEQUENCE; without a date it is cancelled."""
    ticket = _ticket(event)
    method = "REQUEST" if ticket.due_at else "CANCEL"
    calendar = invite(ticket, cancelled=ticket.due_at is None)
    Telling(
        ticket, letters.UPDATED, f"event-{event.pk}", {}, [Enclosure("invite.ics", INVITE.format(method), calendar)]
    ).tell()


@after_commit(TICKET_CLOSED)
@transaction.atomic
def report_closed(event: Event) -> None:
    Telling(_ticket(event), letters.UPDATED, f"event-{event.pk}").tell()


@after_commit(NOTE_ADDED)
@transaction.atomic
def mail_note(event: Event) -> None:
    """A note for the customer, by mail, once the time to take it back is over. Through the one guard."""
    message = Message.objects.for_customer().filter(pk=_pk(event), is_mailed=True).first()
    if message is not None:
        Telling(
            _ticket(event),
            letters.NOTE,
            f"note-{message.pk}",
            {"text": message.text, "technician": message.author_name},
            [
                Enclosure(kept.name, kept.file.type, kept.file.read())
                for kept in message.attachments.filter(is_internal=False, removed_at=None).select_related("file")
            ],
            not_before=message.sends_at,
            automatic=False,
        ).tell()


@in_transaction(NOTE_TAKEN_BACK)
def stop_note(event: Event, message: Message) -> None:
    for mail in OutgoingMail.objects.filter(key__startswith=f"ticket:{message.ticket_id}:note-{message.pk}:"):
        mail.cancel(by=None)


@after_commit(INVOICE_ISSUED)
@transaction.atomic
def mail_invoice(event: Event) -> None:
    """The final invoice with its PDF and the way to pay. The diagnostic's goes with the confirmation."""
    invoice = Invoice.objects.select_related("standing").get(pk=_pk(event))
    if invoice.purpose == Invoice.Purpose.FINAL:
        with translation.override(invoice.language):
            pay = (translation.gettext("Pay now"), pay_link(invoice)) if invoice.standing.balance else None
        Telling(
            _ticket(event),
            letters.FINAL_INVOICE,
            f"invoice-{invoice.pk}",
            {
                "invoice": invoice.code,
                "total": show_money(invoice.total, invoice.currency, invoice.language),
                "paid_before": invoice.lines.filter(kind="deduction").exists(),
            },
            [Enclosure(f"{invoice.code}.pdf", "application/pdf", pdf_of(invoice))],
            automatic=False,
            button=pay,
        ).tell()


@after_commit(PAYMENT_RECEIVED)
@transaction.atomic
def mail_receipt(event: Event) -> None:
    payment = Payment.objects.select_related("invoice__standing").get(pk=_pk(event))
    invoice = payment.invoice
    balance = invoice.standing.balance
    Telling(
        _ticket(event),
        letters.RECEIPT,
        f"payment-{payment.pk}",
        {
            "invoice": invoice.code,
            "amount": show_money(payment.amount, invoice.currency, invoice.language),
            "balance": show_money(balance, invoice.currency, invoice.language) if balance else "",
        },
        automatic=False,
    ).tell()


@after_commit(STOCK_RAN_LOW)
@transaction.atomic
def warn_of_low_stock(event: Event) -> None:
    """To the managers and the owner, each once."""
    product = Product.objects.get(pk=_pk(event))
    words = {
        "product": product.name,
        "on_hand": f"{product.on_hand.normalize():f}",
        "reorder_level": f"{product.reorder_level.normalize():f}",
    }
    for person in Person.objects.working().filter(role__in=(Role.OWNER, Role.MANAGER)):
        written = letters.LOW_STOCK.write(person.language, words)
        OutgoingMail.objects.post(
            key=f"event:{event.pk}:person:{person.pk}",
            to=f"{person.name} <{person.email}>",
            subject=written.subject,
            text=written.text,
            html=written.html,
            kind=letters.LOW_STOCK.kind,
            automatic=False,
        )

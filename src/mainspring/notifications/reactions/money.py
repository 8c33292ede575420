"""What customers hear of their invoices and payments."""

from typing import Any

from mainspring.billing.events import INVOICE_ISSUED, PAYMENT_RECEIVED
from mainspring.billing.models import Invoice, Payment
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import pay_link
from mainspring.core.money import show_money
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.notifications import letters
from mainspring.notifications.telling import Telling
from mainspring.outbox.models import Enclosure, Pace
from mainspring.tickets.models import Ticket


def fee_values(ticket: Ticket) -> dict[str, str]:
    """The diagnostic fee that is still to be paid, and where."""
    fee = Invoice.objects.of_ticket(ticket).filter(purpose=Invoice.Purpose.DIAGNOSTIC).first()
    if fee is None or not fee.standing.balance:
        return {}
    return {"fee": show_money(fee.standing.balance, fee.currency, fee.language), "pay_link": pay_link(fee)}


def _ticket(event: Event) -> Ticket:
    return Ticket.objects.with_people().get(pk=int(event.stream.partition(":")[2]))


@after_commit(INVOICE_ISSUED)
def mail_invoice(event: Event) -> None:
    """The final invoice with its PDF and the way to pay. The diagnostic's goes with the confirmation."""
    invoice = Invoice.objects.select_related("standing").get(pk=int(event.subject.partition(":")[2]))
    if invoice.purpose == Invoice.Purpose.FINAL:
        paper = Enclosure(f"{invoice.code}.pdf", "application/pdf", pdf_of(invoice))
        balance = invoice.standing.balance
        values: dict[str, Any] = {
            "invoice": invoice.code,
            "total": show_money(invoice.total, invoice.currency, invoice.language),
            "balance": show_money(balance, invoice.currency, invoice.language) if balance > 0 else "",
            "paid_before": invoice.lines.filter(kind="deduction").exists(),
            "pay_link": pay_link(invoice) if balance > 0 else "",
        }
        Telling(
            _ticket(event),
            letters.INVOICE,
            f"invoice-{invoice.pk}",
            lambda _reader: values,
            lambda _reader: [paper],
            Pace.CHOSEN,
        ).tell()


@after_commit(PAYMENT_RECEIVED)
def mail_receipt(event: Event) -> None:
    payment = Payment.objects.select_related("invoice__standing").get(pk=int(event.subject.partition(":")[2]))
    invoice = payment.invoice
    balance, together = invoice.standing.balance, payment.together
    values = {
        "invoice": invoice.code,
        "amount": show_money(payment.amount, invoice.currency, invoice.language),
        "balance": show_money(balance, invoice.currency, invoice.language) if balance > 0 else "",
        "together": show_money(together, invoice.currency, invoice.language) if together > payment.amount else "",
    }
    Telling(_ticket(event), letters.RECEIPT, f"payment-{payment.pk}", lambda _reader: values, pace=Pace.ANSWER).tell()

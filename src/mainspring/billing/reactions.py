"""What billing does when the work goes on: the fee at once, the final invoice at the end, closing when it is paid."""

from mainspring.accounts.models import Person
from mainspring.billing.events import INVOICE_PAID
from mainspring.billing.issuing import DiagnosticInvoice, FinalInvoice
from mainspring.billing.models import Invoice, Standing
from mainspring.crm.models import Contact
from mainspring.events.models import Actor, Event
from mainspring.events.reactions import in_transaction
from mainspring.tickets.events import TICKET_CLOSED, TICKET_RESOLVED
from mainspring.tickets.models import Automation, StatusKind, Ticket
from mainspring.work.events import SERVICE_ADDED
from mainspring.work.models import Labour


def actor_of(event: Event) -> Actor | None:
    """Who acted, so that what follows from the act is signed by him."""
    kind, _colon, pk = event.actor.partition(":")
    if kind == "person":
        return Person.objects.get(pk=pk)
    elif kind == "contact":
        return Contact.objects.get(pk=pk)
    else:
        return None


@in_transaction(SERVICE_ADDED)
def invoice_diagnostic(event: Event, labour: Labour) -> None:
    if labour.is_diagnostic and labour.is_billable:
        DiagnosticInvoice(labour).issue(by=actor_of(event))


@in_transaction(TICKET_RESOLVED, TICKET_CLOSED)
def issue_final_invoice(event: Event, ticket: Ticket) -> None:
    """Whichever comes first; the second finds nothing left to bill."""
    FinalInvoice(ticket).issue(by=actor_of(event))


@in_transaction(INVOICE_PAID)
def close_when_paid(event: Event, invoice: Invoice) -> None:
    """The resolved ticket closes when nothing of it is owed any more."""
    ticket = Ticket.objects.with_people().get(pk=invoice.ticket_id)
    owed = Standing.objects.filter(invoice__ticket=ticket, balance__gt=0).exists()
    is_final = invoice.purpose == Invoice.Purpose.FINAL
    if is_final and not owed and ticket.status.kind == StatusKind.RESOLVED and Automation.get().paid_closes:
        ticket.close(by=None)

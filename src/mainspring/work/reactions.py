"""What work does when something happens elsewhere."""

from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.tickets.events import TICKET_CLOSED, TICKET_RESOLVED
from mainspring.tickets.models import Ticket
from mainspring.work.models import Timer


@in_transaction(TICKET_RESOLVED, TICKET_CLOSED)
def stop_timers(event: Event, ticket: Ticket) -> None:
    """Time that still runs belongs on the final invoice, which is issued next."""
    for timer in Timer.objects.with_work().filter(ticket=ticket):
        timer.stop(by=None)

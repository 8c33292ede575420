"""What others need to know of our mailboxes."""

from mainspring.core.shop import Shop
from mainspring.inbox.models import Mailbox, ReceivedMail
from mainspring.tickets.models import Ticket


def reply_base() -> str:
    """The address that signed reply addresses are made of; empty when no mailbox of ours takes tagged addresses."""
    mailboxes = list(Mailbox.objects.filter(is_enabled=True))
    if mailboxes:
        return next((mailbox.address for mailbox in mailboxes if mailbox.takes_tags), "")
    else:
        return Shop.get().email


def came_silently(ticket: Ticket) -> bool:
    """Whether the ticket was opened by a mail that no automatic mail may answer: from a list, or without a sender."""
    return ReceivedMail.objects.filter(ticket=ticket, why__silent=True).exists()

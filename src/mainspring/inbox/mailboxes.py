"""What others need to know of our mailboxes."""

from mainspring.core.shop import Shop
from mainspring.inbox.models import Mailbox


def reply_base() -> str:
    """The address that signed reply addresses are made of; empty when no mailbox of ours takes tagged addresses."""
    mailboxes = list(Mailbox.objects.filter(is_enabled=True))
    if mailboxes:
        return next((mailbox.address for mailbox in mailboxes if mailbox.takes_tags), "")
    else:
        return Shop.get().email

"""What mail in puts into others' places."""

from mainspring.inbox.models import Mailbox
from mainspring.outbox.addresses import own_mailboxes


@own_mailboxes.add(order=10)
def mailboxes() -> set[str]:
    return set(Mailbox.objects.values_list("address", flat=True))

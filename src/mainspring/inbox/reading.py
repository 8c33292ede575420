"""What the pages of mail in read: a mail as it can be looked at, and the lines under a ticket's messages."""

from functools import cached_property

from mainspring.inbox.filing import Filing
from mainspring.inbox.models import ReceivedMail
from mainspring.inbox.parsing import ParsedMail, SenderCheck, Unreadable
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Message, Ticket

SHOWN_TEXT = 100_000
SHOWN_HEAD = 20_000


class MailPage:
    """A received mail on its page. A mail that can't be understood is shown by its first bytes."""

    def __init__(self, received: ReceivedMail) -> None:
        self.received = received
        self.raw = bytes(received.raw)

    @cached_property
    def parsed(self) -> ParsedMail | None:
        try:
            return ParsedMail.read(self.raw)
        except Unreadable:
            return None

    @property
    def text(self) -> str:
        return self.parsed.text[:SHOWN_TEXT] if self.parsed else ""

    @property
    def head(self) -> str:
        """The headers as they came; of a mail beyond reading, its beginning."""
        unified = self.raw[:SHOWN_HEAD].replace(b"\r\n", b"\n")
        head = unified.partition(b"\n\n")[0] if self.parsed else unified
        return head.decode("utf-8", "replace").replace("\x00", "\ufffd")

    @cached_property
    def check(self) -> SenderCheck | None:
        """What our mail server says of the sender; None when it says nothing, or can't be read."""
        found = Filing(self.received).check if self.parsed else SenderCheck()
        return found if found.by_what else None

    @property
    def can_be_handled(self) -> bool:
        """Whether somebody can still put it somewhere."""
        return self.received.state not in (ReceivedMail.State.WAITING, ReceivedMail.State.FILED)

    @property
    def can_be_moved(self) -> bool:
        message = self.received.became
        return message is not None and message.direction == Message.Direction.IN


def filed_as(messages: list[Message]) -> dict[int, ReceivedMail]:
    """The mails that became these messages, without their bytes."""
    mailed = [message.pk for message in messages if message.message_id or message.is_unverified]
    if not mailed:
        return {}
    found = ReceivedMail.objects.filter(became_id__in=mailed).defer("raw", "error")
    return {mail.became_id: mail for mail in found if mail.became_id}


def ticket_numbered(words: str) -> Ticket | None:
    """The ticket that somebody means by `1042` or `#1042`."""
    return Ticket.objects.numbered(words)


def undelivered(address: str) -> OutgoingMail | None:
    """The last mail to this address that came back or was refused."""
    return OutgoingMail.objects.to_address(address).filter(state=OutgoingMail.State.FAILED).order_by("-id").first()

"""The tables of mail in."""

from mainspring.inbox.models.left import LeftMail
from mainspring.inbox.models.mailbox import Mailbox
from mainspring.inbox.models.received import HookCall, ReceivedMail, Source

__all__ = ["HookCall", "LeftMail", "Mailbox", "ReceivedMail", "Source"]

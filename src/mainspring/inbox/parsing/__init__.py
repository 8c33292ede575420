"""Reading mail: pure functions from bytes to a frozen `ParsedMail`, in linear time and within budgets."""

from .addresses import Address
from .attachments import Attachment
from .authentication import SenderCheck, Verdict
from .bounces import Bounce
from .budgets import Unreadable
from .mail import LOOP_HEADER, ParsedMail
from .shown import as_json

__all__ = [
    "LOOP_HEADER",
    "Address",
    "Attachment",
    "Bounce",
    "ParsedMail",
    "SenderCheck",
    "Unreadable",
    "Verdict",
    "as_json",
]

"""The tables of outbox."""

from mainspring.outbox.models.addressee import Addressee
from mainspring.outbox.models.mail import Enclosure, OutgoingMail, OutgoingPart, Pace
from mainspring.outbox.models.template import MailTemplate

__all__ = ["Addressee", "Enclosure", "MailTemplate", "OutgoingMail", "OutgoingPart", "Pace"]

"""The tables of tickets."""

from mainspring.tickets.models.kinds import DONE, Channel, Priority, StatusKind
from mainspring.tickets.models.message import Attachment, Draft, Message
from mainspring.tickets.models.people import Participant, Passcode
from mainspring.tickets.models.status import Automation, Status
from mainspring.tickets.models.ticket import Ticket, TicketQuerySet

__all__ = [
    "DONE",
    "Attachment",
    "Automation",
    "Channel",
    "Draft",
    "Message",
    "Participant",
    "Passcode",
    "Priority",
    "Status",
    "StatusKind",
    "Ticket",
    "TicketQuerySet",
]

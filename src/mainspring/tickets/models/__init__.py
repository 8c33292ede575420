"""The tables of tickets."""

from mainspring.tickets.models.bulk import BulkChange
from mainspring.tickets.models.kinds import DONE, Channel, Colour, Priority, StatusKind
from mainspring.tickets.models.message import Attachment, Draft, Message
from mainspring.tickets.models.page_link import CustomerPages, PageLink
from mainspring.tickets.models.people import Participant
from mainspring.tickets.models.saved_view import FirstView, SavedView, views_of
from mainspring.tickets.models.status import Automation, Status
from mainspring.tickets.models.ticket import Ticket, TicketQuerySet

__all__ = [
    "DONE",
    "Attachment",
    "Automation",
    "BulkChange",
    "Channel",
    "Colour",
    "CustomerPages",
    "Draft",
    "FirstView",
    "Message",
    "PageLink",
    "Participant",
    "Priority",
    "SavedView",
    "Status",
    "StatusKind",
    "Ticket",
    "TicketQuerySet",
    "views_of",
]

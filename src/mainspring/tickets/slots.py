"""Places on the ticket page and in its list that higher modules fill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from mainspring.accounts.models import Person
from mainspring.core.slots import Slot
from mainspring.tickets.models import Message, Ticket
from mainspring.tickets.narrowing import Menu
from mainspring.tickets.visits import Visit
from mainspring.ui.slots import Text


@dataclass(frozen=True)
class Tab:
    """A tab of the ticket page: key in the URL, label, number of things in it, template and context.

    Its template also gets `ticket` and `shown`, the page itself.
    """

    key: str
    label: Text
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    count: int | None = None


@dataclass(frozen=True)
class Panel:
    """A panel beside the conversation (the running bill), or a part of the intake form."""

    key: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class IntakePart:
    """A part of the intake form: what it shows, and what it does with the posted form once the ticket is open.

    `take` runs in the transaction that opened the ticket; it raises ValidationError when the form is wrong.
    `says` tells in sentences what it is going to do, while the form is filled in.
    """

    key: str
    template: str
    take: Callable[[Ticket, QueryDict, Person], None]
    context: dict[str, Any] = field(default_factory=dict)
    says: Callable[[QueryDict, Person], list[str]] = lambda _posted, _person: []


@dataclass(frozen=True)
class Column:
    """A column that another module adds to the list: its cells by ticket id, asked once for a whole page."""

    key: str
    label: str
    cells: dict[int, Any]


@dataclass(frozen=True)
class Chapter:
    """A part of the ticket's story that the timeline can be narrowed to: how the names of its events begin."""

    key: str
    label: Text
    beginnings: tuple[str, ...]


ticket_tabs: Slot[[Ticket, Person], Tab] = Slot()
"""Orders: overview 10, notes 20, services 30, parts 40, contacts 50, credentials 55, attachments 60, billing 70,
timeline 90."""
beside_ticket: Slot[[], str] = Slot()
"""Names of relations one to one to a ticket: its page reads them with it, in the same statement."""
ticket_panels: Slot[[Ticket, Person], Panel] = Slot()
ticket_actions: Slot[[Ticket, Person], Panel] = Slot()
message_lines: Slot[[Ticket, Person, Sequence[Message]], dict[int, Panel]] = Slot()
"""A quiet line under a message, by the message's id: why a mail is where it is. Asked once for the whole page."""
chapters: Slot[[Ticket, Person], Chapter] = Slot()
"""Orders: conversation 10, work 20, money 30, files 40, fields 50."""
intake_parts: Slot[[Person], IntakePart] = Slot()
device_parts: Slot[[Person], IntakePart] = Slot()
"""Parts of the intake that stand among the fields of the device: its passcode."""
list_columns: Slot[[list[int], Person], Column] = Slot()
public_panels: Slot[[Visit], Panel] = Slot()
"""What the customer's page asks and shows besides, by link and in the portal. Nothing here may show what is internal.

Orders: an estimate to approve 5, what is to be paid 10, how it was 20.
"""
portal_panels: Slot[[Person], Panel] = Slot()
"""What the first page of the portal says above the tickets: what is to be paid."""
list_menus: Slot[[Person], Menu] = Slot()
"""Menus that write words of another module's into the line of the list; it adds what they mean to NARROWINGS."""

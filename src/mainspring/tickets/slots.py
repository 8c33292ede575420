"""Places on the ticket page and in its list that higher modules fill."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from mainspring.accounts.models import Person
from mainspring.core.slots import Slot
from mainspring.tickets.models import Ticket


@dataclass(frozen=True)
class Tab:
    """A tab of the ticket page: key in the URL, label, number of things in it, template and context."""

    key: str
    label: str
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
    """

    key: str
    template: str
    take: Callable[[Ticket, QueryDict, Person], None]
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column that another module adds to the list: its cells by ticket id, asked once for a whole page."""

    key: str
    label: str
    cells: dict[int, Any]


ticket_tabs: Slot[[Ticket, Person], Tab] = Slot()
ticket_panels: Slot[[Ticket, Person], Panel] = Slot()
ticket_actions: Slot[[Ticket, Person], Panel] = Slot()
intake_parts: Slot[[Person], IntakePart] = Slot()
list_columns: Slot[[list[int], Person], Column] = Slot()
public_panels: Slot[[Ticket], Panel] = Slot()
"""What the customer's page shows besides: what is to be paid. Nothing here may show what is internal."""

"""The ticket list: words in one line say what is wanted, the URL keeps it, keyset pages walk it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.tickets.models import Priority, StatusKind, Ticket
from mainspring.tickets.slots import Column, list_columns

PAGE = 50
SORTS = {
    "updated": "updated_at",
    "opened": "opened_at",
    "number": "number",
    "priority": "priority",
    "due": "due_at",
}
COLUMNS = (
    "id",
    "number",
    "subject",
    "last_line",
    "priority",
    "due_at",
    "updated_at",
    "opened_at",
    "is_open",
    "status_id",
    "contact__name",
    "business__name",
    "device__maker",
    "device__model",
    "assignee__name",
    "assignee__colour",
)

Narrowing = Callable[[str, Person], Q]


def _status(word: str, _person: Person) -> Q:
    kinds = [kind for kind in StatusKind.values if kind == word or kind.startswith(word)]
    return Q(status__kind__in=kinds) if kinds else Q(status__name__icontains=word)


def _is(word: str, person: Person) -> Q:
    return {
        "open": Q(is_open=True),
        "closed": Q(is_open=False),
        "mine": Q(is_open=True, assignee=person),
        "unassigned": Q(is_open=True, assignee=None),
        "late": Q(is_open=True, due_at__lt=timezone.now()),
    }.get(word, Q())


def _assignee(word: str, person: Person) -> Q:
    if word == "me":
        return Q(assignee=person)
    elif word in ("none", "nobody"):
        return Q(assignee=None)
    else:
        return Q(assignee__name__icontains=word)


def _priority(word: str, _person: Person) -> Q:
    wanted = [choice.value for choice in Priority if choice.name.lower().startswith(word.lower())]
    return Q(priority__in=wanted)


def _from(word: str, _person: Person) -> Q:
    return Q(contact__name__icontains=word) | Q(business__name__icontains=word)


def _device(word: str, _person: Person) -> Q:
    return Q(device__maker__icontains=word) | Q(device__model__icontains=word) | Q(device__serial__iexact=word)


NARROWINGS: dict[str, Narrowing] = {
    "status": _status,
    "is": _is,
    "assignee": _assignee,
    "priority": _priority,
    "from": _from,
    "device": _device,
}
"""What may stand before a colon. Higher modules add their own words (`bill:unpaid`)."""


def split_words(line: str) -> list[str]:
    """The words of a line; quotes keep words together: `from:"acme printing"`."""
    words, word, quoted = [], "", False
    for sign in line.replace("\x00", "")[:500]:
        if sign == '"':
            quoted = not quoted
        elif sign.isspace() and not quoted:
            words.append(word)
            word = ""
        else:
            word += sign
    return [word for word in [*words, word] if word]


@dataclass(frozen=True)
class Row:
    """One line of the list, formatted as far as can be before the template."""

    id: int
    number: int
    subject: str
    last_line: str
    priority: int
    status_id: int
    is_open: bool
    customer: str
    device: str
    assignee: str
    assignee_colour: str
    due_at: datetime | None
    updated_at: datetime
    is_late: bool
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TicketList:
    """What one person asked of the list. `line` are the filter words; `sort` a key of SORTS, `-` for descending."""

    person: Person
    line: str
    sort: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict, person: Person) -> "TicketList":
        sort = asked.get("sort", "-updated")
        return cls(
            person=person,
            line=asked.get("q", "is:open").strip()[:500],
            sort=sort if sort.lstrip("-") in SORTS else "-updated",
            after=asked.get("after", ""),
        )

    @property
    def free_words(self) -> str:
        return " ".join(word for word in split_words(self.line) if word.partition(":")[0] not in NARROWINGS)

    def tickets(self) -> Any:
        """The queryset of what is wanted, sorted, from the asked place on."""
        wanted = Ticket.objects.visible_to(self.person)
        for word in split_words(self.line):
            name, colon, value = word.partition(":")
            if colon and name in NARROWINGS and value:
                wanted = wanted.filter(NARROWINGS[name](value, self.person))
        if self.free_words:
            wanted = wanted.matching(self.free_words)
        return self._sorted(wanted)

    def _sorted(self, wanted: Any) -> Any:
        column, down = SORTS[self.sort.lstrip("-")], self.sort.startswith("-")
        if column == "due_at":
            wanted = wanted.filter(due_at__isnull=False)
        place = self._place(column)
        if place is not None:
            value, pk = place
            side = "lt" if down else "gt"
            wanted = wanted.filter(
                Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk}))
            )
        sign = "-" if down else ""
        return wanted.order_by(f"{sign}{column}", f"{sign}pk")

    def _place(self, column: str) -> tuple[Any, int] | None:
        """Where the page begins: the sorted value and the id of the last row before it."""
        value, _comma, pk = self.after.rpartition(",")
        if not (value and pk.isdigit() and len(pk) < 18):
            return None
        elif column.endswith("_at"):
            try:
                return datetime.fromisoformat(value), int(pk)
            except ValueError:
                return None
        else:
            return (int(value), int(pk)) if value.isdigit() and len(value) < 18 else None

    def rows(self) -> "ListPage":
        found = list(self.tickets().values_list(*COLUMNS)[: PAGE + 1])
        now = timezone.now()
        rows = [self._row(dict(zip(COLUMNS, values, strict=True)), now) for values in found[:PAGE]]
        columns = list_columns.fill([row.id for row in rows], self.person)
        for column in columns:
            for row in rows:
                if row.id in column.cells:
                    row.cells[column.key] = column.cells[row.id]
        return ListPage(rows, columns, self._next(rows[-1]) if len(found) > PAGE else None)

    def _row(self, value: dict[str, Any], now: datetime) -> Row:
        return Row(
            id=value["id"],
            number=value["number"],
            subject=value["subject"],
            last_line=value["last_line"],
            priority=value["priority"],
            status_id=value["status_id"],
            is_open=value["is_open"],
            customer=" · ".join(filter(None, (value["contact__name"], value["business__name"]))),
            device=" ".join(filter(None, (value["device__maker"], value["device__model"]))),
            assignee=value["assignee__name"] or "",
            assignee_colour=value["assignee__colour"] or "",
            due_at=value["due_at"],
            updated_at=value["updated_at"],
            is_late=bool(value["is_open"] and value["due_at"] and value["due_at"] < now),
        )

    def _next(self, last: Row) -> str:
        value = {
            "updated_at": last.updated_at,
            "due_at": last.due_at,
            "number": last.number,
            "priority": last.priority,
        }.get(SORTS[self.sort.lstrip("-")])
        if value is None:
            value = Ticket.objects.values_list("opened_at", flat=True).get(pk=last.id)
        shown = value.isoformat() if isinstance(value, datetime) else str(value)
        return self.address(after=f"{shown},{last.id}")

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        kept = {"q": self.line, "sort": self.sort, **changes}
        return "?" + urlencode({key: value for key, value in kept.items() if value or key == "q"})

    def sorted_by(self, column: str) -> str:
        """The address that sorts by this column; a second click turns the direction."""
        return self.address(sort=column if self.sort == f"-{column}" else f"-{column}")


@dataclass(frozen=True)
class ListPage:
    """Fifty rows at most, the columns other modules add, and the address of what follows."""

    rows: list[Row]
    columns: Sequence[Column]
    next: str | None


@dataclass(frozen=True)
class View:
    """A saved way to look at the tickets, with its live count."""

    line: str
    label: str
    count: int


def counted_views(person: Person) -> list[View]:
    """The standing views with counts of open tickets; one query, at most ten seconds old."""
    tally: list[dict[str, Any]] = cache.get_or_set("tickets.tally", _tally, 10) or []
    mine = sum(entry["n"] for entry in tally if entry["assignee_id"] == person.pk)
    kinds = {kind: sum(entry["n"] for entry in tally if entry["kind"] == kind) for kind in StatusKind.values}
    nobody = sum(entry["n"] for entry in tally if entry["assignee_id"] is None)
    return [
        View("is:mine", _("Mine"), mine),
        View("is:unassigned", _("Unassigned"), nobody),
        View("is:open", _("All open"), sum(entry["n"] for entry in tally)),
        View("status:customer_replied", _("Customer replied"), kinds[StatusKind.CUSTOMER_REPLIED]),
        View("status:waiting_customer", _("Waiting for the customer"), kinds[StatusKind.WAITING_CUSTOMER]),
        View("status:waiting_third_party", _("Waiting for parts"), kinds[StatusKind.WAITING_THIRD_PARTY]),
    ]


def _tally() -> list[dict[str, Any]]:
    counted = Ticket.objects.unclosed().order_by().values("assignee_id", "priority", kind=F("status__kind"))
    return [dict(entry) for entry in counted.annotate(n=Count("id"))]

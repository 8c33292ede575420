"""The ticket list: words in one line say what is wanted, the URL keeps it, keyset pages walk it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Any
from urllib.parse import quote_plus

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy, RawSQL
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core import keyset
from mainspring.core.asked import clean
from mainspring.core.prepared import prepared
from mainspring.tickets.models import Priority, SavedView, Status, Ticket, TicketQuerySet
from mainspring.tickets.narrowing import IS, LONGEST, TYPED, Chip, Menu, Word, menus, narrowings, words_of
from mainspring.tickets.slots import Column, list_columns, list_menus
from mainspring.ui.slots import Text

PAGE = 50
USUAL_LINE, USUAL_SORT = "is:open", "-updated"


@dataclass(frozen=True)
class Sort:
    """An order of the list; the id comes last. Tickets without `needs` stand at the end.

    Where few things stand before many tickets (a status), no index keeps the order over both: `groups` names those
    things, so that a page is put together out of the first tickets of each.
    """

    by: tuple[str | Combinable, ...]
    kinds: tuple[type, ...]
    needs: str = ""
    groups: Callable[[], Iterable[int]] | None = None


SORTS = {
    "number": Sort(("number",), (int,)),
    "status": Sort(
        ("status__order", "status_id"), (int, int), groups=lambda: Status.objects.values_list("pk", flat=True)
    ),
    "subject": Sort((Lower("subject"),), (str,)),
    "customer": Sort(("contact__name", "contact_id"), (str, int), needs="contact"),
    "device": Sort(("device__maker", "device__model", "device_id"), (str, str, int), needs="device"),
    "assignee": Sort(
        ("assignee__name", "assignee_id"),
        (str, int),
        needs="assignee",
        groups=lambda: Person.objects.values_list("pk", flat=True),
    ),
    "priority": Sort(("priority",), (int,)),
    "due": Sort(("due_at",), (datetime,), needs="due_at"),
    "opened": Sort(("opened_at",), (datetime,)),
    "updated": Sort(("updated_at",), (datetime,)),
}
SHOWN = {
    "status": _("Status"),
    "number": _("Number"),
    "subject": _("Subject"),
    "customer": _("Customer"),
    "device": _("Device"),
    "priority": _("Priority"),
    "assignee": _("Technician"),
    "due": _("Due"),
    "opened": _("Opened"),
    "updated": _("Updated"),
}
"""The columns of the list in their order. Those of other modules stand before the last two."""
USUAL = frozenset(SHOWN) - {"opened"}
ALWAYS = frozenset({"number", "subject"})
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
    opened_at: datetime
    is_late: bool
    place: tuple[Any, ...]

    def values(self, statuses: dict[int, str]) -> dict[str, Any]:
        """What stands under each column, for a spreadsheet."""
        return {
            "status": statuses.get(self.status_id, ""),
            "number": self.number,
            "subject": self.subject,
            "customer": self.customer,
            "device": self.device,
            "priority": str(Priority(self.priority).label),
            "assignee": self.assignee,
            "due": self.due_at,
            "opened": self.opened_at,
            "updated": self.updated_at,
        }


@dataclass(frozen=True)
class ListPage:
    """Fifty rows at most, the columns other modules add, and the address of what follows."""

    rows: list[Row]
    columns: Sequence[Column]
    next: str | None


@dataclass(frozen=True)
class TicketList:
    """What one person asked of the list. `line` are the filter words; `sort` a key of SORTS, `-` for descending."""

    person: Person
    line: str
    sort: str
    after: str
    columns: frozenset[str] = USUAL

    @classmethod
    def read(cls, asked: QueryDict, person: Person, first: SavedView | None = None) -> "TicketList":
        """What stands in the URL; of what does not, as in the view with which his list opens.

        A word of its own (`from=acme`) joins the line, so that a plain form can add one; `toggle=status:open` is a
        menu's word, chosen or chosen no more.
        """
        usual = first or SavedView(line=USUAL_LINE, sort=USUAL_SORT)
        line = asked.get("q", usual.line).replace("\x00", "").strip()
        added = [str(Word("", key, value)) for key in TYPED if (value := asked.get(key, "").replace('"', "").strip())]
        sort = asked.get("sort", usual.sort)
        columns = asked.getlist("columns") or [usual.columns]
        wanted = cls(
            person=person,
            line=" ".join([line, *added])[:LONGEST],
            sort=sort if sort.removeprefix("-") in SORTS else USUAL_SORT,
            after=clean(asked.get("after"), 500),
            columns=_columns(",".join(columns)),
        )
        toggled = clean(asked.get("toggle"), 500)
        return wanted.toggled(toggled) if toggled else wanted

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.line)

    @property
    def free_words(self) -> str:
        return " ".join(word.typed for word in self.words if not word.key)

    def tickets(self) -> TicketQuerySet:
        """What is wanted, in no order."""
        wanted = Ticket.objects.visible_to(self.person)
        for asked in narrowings(self.words, self.person):
            wanted = wanted.filter(asked)
        return wanted.found_by(self.free_words) if self.free_words else wanted

    def rows(self) -> ListPage:
        now = timezone.now()
        found = [self._row(values, now) for values in self._page(self._place(), PAGE + 1)]
        rows = found[:PAGE]
        columns = list_columns.fill([row.id for row in rows], self.person)
        return ListPage(rows, columns, self._next(rows[-1]) if len(found) > PAGE else None)

    def all(self, size: int = 1000) -> Iterator[Row]:
        """Every row from the first on, so many at a time: nothing is held open while it is sent."""
        now, place = timezone.now(), None
        while rows := [self._row(values, now) for values in self._page(place, size)]:
            yield from rows
            place = rows[-1].place

    def cells(self, size: int = 1000) -> Iterator[tuple[Any, ...]]:
        """Every row as the values of its columns, those of other modules last."""
        names = {status.pk: str(status) for status in Status.in_order()}
        shown = [key for key in SHOWN if key in self.columns]
        rows = self.all(size)
        while some := list(islice(rows, size)):
            columns = list_columns.fill([row.id for row in some], self.person)
            for row in some:
                values = row.values(names)
                yield (*(values[key] for key in shown), *(column.cells.get(row.id, "") for column in columns))

    def _page(self, place: "Sequence[Any] | None", size: int) -> list[tuple[Any, ...]]:
        """The values of the rows after this place. Those that lack what is sorted by come last: as one group more, or
        asked for by themselves."""
        tickets, sort = self.tickets(), SORTS[self.sort.removeprefix("-")]
        has_it = place is None or place[0] is not None
        if not sort.needs or (sort.groups is not None and has_it):
            return list(self._sorted(tickets, place, size))
        found: list[tuple[Any, ...]] = []
        if has_it:
            having = tickets.filter(**{f"{sort.by[0]}__isnull": False})
            found = list(self._sorted(having, place, size))
        if len(found) < size:
            lacking = tickets.filter(**{sort.needs: None})
            after = place[-1] if place is not None and place[0] is None else None
            found += self._by_id(lacking, after)[: size - len(found)]
        return found

    @property
    def _is_down(self) -> bool:
        return self.sort.startswith("-")

    def _sorted(self, tickets: TicketQuerySet, place: "Sequence[Any] | None", size: int) -> Any:
        """The first of them after this place: their keys are sorted alone, then what is shown of them is fetched.

        What words alone found in a statement of its own: PostgreSQL plans two short ones in half the time. Other lists
        ask for more before it, and none takes more than eight.
        """
        sort, sign = SORTS[self.sort.removeprefix("-")], "-" * self._is_down
        named = {f"sorted_{at}": F(by) if isinstance(by, str) else by for at, by in enumerate(sort.by)}
        order: list[Any] = [sign + name for name in (*named, "pk")]
        lacking = Q()
        if sort.groups is not None:
            groups = chain(sort.groups(), [None] if sort.needs else [])
            firsts = self._first_of_each(tickets, groups, sort.by[-1], place, size)
            tickets = Ticket.objects.filter(pk__in=firsts)
        if sort.groups is not None and sort.needs:
            order[0] = OrderBy(F("sorted_0"), descending=self._is_down, nulls_last=True)
            lacking = Q(sorted_0=None)
        tickets = tickets.annotate(**named)
        if place is not None:
            tickets = tickets.filter(keyset.after([*named, "pk"], place, down=self._is_down) | lacking)
        if self.sort == USUAL_SORT and self.words and not any(word.key for word in self.words):
            found = list(tickets.order_by(*order).values_list("pk", *named)[:size])
            shown = {values[0]: values for values in _shown_of(*(key for key, *_sorted_by in found))}
            return [(*shown[key], *sorted_by) for key, *sorted_by in found if key in shown]
        if self.sort != USUAL_SORT or self.free_words:
            keys = tickets.order_by(*order).values("pk")[:size]
            tickets = Ticket.objects.filter(pk__in=keys).annotate(**named)
        return tickets.order_by(*order).values_list(*COLUMNS, *named)[:size]

    def _first_of_each(
        self,
        tickets: TicketQuerySet,
        groups: Iterable[int | None],
        column: Any,
        place: "Sequence[Any] | None",
        size: int,
    ) -> RawSQL:
        """The keys of a page of each group: what comes first of all is among them, and each is read off an index."""
        parts: list[str] = []
        values: list[Any] = []
        for group in groups:
            of_group = tickets.filter(**{column: group})
            if place is not None and place[-2] == group:
                of_group = of_group.filter(keyset.after(["pk"], place[-1:], down=self._is_down))
            with suppress(EmptyResultSet):
                keys = of_group.order_by("-pk" if self._is_down else "pk").values("pk")[:size]
                sql, given = keys.query.sql_with_params()
                parts.append(f"SELECT * FROM ({sql}) AS of_{group}")  # noqa: S608 (Django's own statement)
                values += given
        return RawSQL(" UNION ALL ".join(parts) or "SELECT 0", values)  # noqa: S611

    def _by_id(self, tickets: TicketQuerySet, after: int | None) -> Any:
        if after is not None:
            tickets = tickets.filter(**{f"pk__{'lt' if self._is_down else 'gt'}": after})
        return tickets.order_by("-pk" if self._is_down else "pk").values_list(*COLUMNS)

    def _place(self) -> "list[Any] | None":
        """Where the page begins: the sorted values and the id of the last row before it; None for the first page."""
        sort = SORTS[self.sort.removeprefix("-")]
        lacking = keyset.read(self.after.replace("[null,", "[", 1), [int]) if self.after.startswith("[null,") else None
        if sort.needs and lacking is not None:
            return [None, *lacking]
        return keyset.read(self.after, (*sort.kinds, int))

    def _row(self, values: Sequence[Any], now: datetime) -> Row:
        value = dict(zip(COLUMNS, values, strict=False))
        sorted_by = values[len(COLUMNS) :]
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
            opened_at=value["opened_at"],
            is_late=bool(value["is_open"] and value["due_at"] and value["due_at"] < now),
            place=(*(sorted_by if sorted_by and sorted_by[0] is not None else (None,)), value["id"]),
        )

    def _next(self, last: Row) -> str:
        return self.address(after=keyset.written(last.place))

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        kept = {"q": self.line, "sort": self.sort, "columns": self.columns_text, **changes}
        return "?" + "&".join(f"{key}={_quoted(value)}" for key, value in kept.items() if value or key == "q")

    @cached_property
    def columns_text(self) -> str:
        """The columns as the URL keeps them; empty for the usual ones."""
        return "" if self.columns == USUAL else ",".join(sorted(self.columns))

    def is_like(self, view: SavedView) -> bool:
        return (self.line, self.sort, self.columns) == (view.line, view.sort, _columns(view.columns))

    def of_view(self, view: SavedView) -> str:
        return self.address(q=view.line, sort=view.sort, columns=view.columns)

    @cached_property
    def menus(self) -> list[Menu]:
        return [*menus(self.person), *list_menus.fill(self.person)]

    def toggled(self, typed: str) -> "TicketList":
        """The list with this word of a menu (`status:open`); without it when it was there."""
        word = Word.read(typed)
        menu = next((menu for menu in self.menus if menu.key == word.key), None)
        if menu is None:
            return self
        kept = [one for one in self.words if not (one.key == menu.key and (menu.is_single or one.value == word.value))]
        line = _line(kept if self.has(word.key, word.value) else [*kept, word])
        return replace(self, line=line[:LONGEST])

    def has(self, key: str, value: str) -> bool:
        return any((word.key, word.value, word.is_not) == (key, value, False) for word in self.words)

    @cached_property
    def chips(self) -> list[Chip]:
        """Every word of the line as people read it, to be taken away one by one."""
        labels: dict[str, Text] = TYPED | {menu.key: menu.label for menu in self.menus}
        values: dict[str, dict[str, Text]] = {**{menu.key: dict(menu.options) for menu in self.menus}, "is": IS}
        return [
            Chip(
                label=labels.get(word.key, ""),
                value=values.get(word.key, {}).get(word.value, word.value),
                without=_line([other for other in self.words if other is not word]),
                is_not=word.is_not,
            )
            for word in self.words
        ]


@prepared
def _shown_of(*keys: int) -> "QuerySet[Ticket, tuple[Any, ...]]":
    return Ticket.objects.filter(pk__in=keys).values_list(*COLUMNS)


_quoted = lru_cache(1024)(quote_plus)
"""Quoted for an address. A list has fifty of them, which differ in a word."""


def _columns(text: str) -> frozenset[str]:
    asked = frozenset(text.split(",")) & SHOWN.keys()
    return asked | ALWAYS if asked else USUAL


def _line(words: Sequence[Word]) -> str:
    return " ".join(map(str, words))

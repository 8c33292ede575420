"""Pages of a list: a bounded number of rows, and a cursor that says where the next ones begin.

The place is the sorted value and the id of the last row, so a row that comes in meanwhile shifts nothing.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import F, Field, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import Field as Described

from mainspring.api.problems import Problem, wrong
from mainspring.api.shapes import LARGEST, Shape

MOST = 100
USUAL = 50

T = TypeVar("T")

Limit = Annotated[int, Described(ge=1, le=MOST, description="How many rows at most.")]
Cursor = Annotated[
    str, Described(max_length=400, description="The `next` of the page before; empty for the first page.")
]
Sort = Annotated[
    str, Described(max_length=40, pattern="^-?[A-Za-z]*$", description="A field to sort by; `-` in front turns it.")
]


class Page(Shape, Generic[T]):
    """Some rows of a list. `next` is the cursor of the page that follows, null on the last one."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True)
class Walk:
    """How a list is walked: which names may be sorted by, over which columns, and where this page begins."""

    sorts: Mapping[str, str]
    sort: str
    cursor: str
    limit: int

    def page(self, found: QuerySet[Any], shown: Callable[[Any], T]) -> Page[T]:
        """The page from the asked place on. Rows without a sorted value come last."""
        rows = self.rows(found)
        last = rows[self.limit - 1] if len(rows) > self.limit else None
        return Page(items=[shown(row) for row in rows[: self.limit]], next=self._cursor(last) if last else None)

    def rows(self, found: QuerySet[Any]) -> list[Any]:
        """The rows of this page and one more, when there is one."""
        column, down = self._column(), self.sort.startswith("-")
        order = F(column).desc(nulls_last=True) if down else F(column).asc(nulls_last=True)
        if not _is_nullable(found, column):
            order = F(column).desc() if down else F(column).asc()
        further = self._further(found, column, "lt" if down else "gt")
        return list(found.filter(further).order_by(order, "-pk" if down else "pk")[: self.limit + 1])

    def _column(self) -> str:
        name = self.sort.removeprefix("-")
        if name not in self.sorts:
            names = ", ".join(sorted(self.sorts))
            raise wrong("sort", _("It can be sorted by: %(names)s.") % {"names": names})
        return self.sorts[name]

    def _cursor(self, last: Any) -> str:
        value: Any = last
        for part in self._column().split("__"):
            value = getattr(value, part)
        written = value.isoformat() if isinstance(value, date) else None if value is None else str(value)
        packed = json.dumps([self.sort, written, last.pk], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def _further(self, found: QuerySet[Any], column: str, side: str) -> Q:
        if not self.cursor:
            return Q()
        text, pk = self._place()
        beyond = Q(**{f"pk__{side}": pk})
        if text is None:
            return Q(**{f"{column}__isnull": True}) & beyond
        value = _value(_field(found, column), text)
        further = Q(**{f"{column}__{side}": value}) | (Q(**{column: value}) & beyond)
        return further | Q(**{f"{column}__isnull": True}) if _is_nullable(found, column) else further

    def _place(self) -> tuple[str | None, int]:
        """Sorted value and id out of the cursor; a Problem for one that we did not write for this sort."""
        try:
            sort, text, pk = json.loads(base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4)))
        except (ValueError, TypeError) as error:
            raise _no_cursor() from error
        fits = isinstance(pk, int) and 0 < pk <= LARGEST and (text is None or isinstance(text, str))
        if not (fits and sort == self.sort) or (text and "\x00" in text):
            raise _no_cursor()
        return text, pk


def _no_cursor() -> Problem:
    return Problem(
        400,
        _("The cursor is not one of this list in this order."),
        name="bad-cursor",
        mend=_("Send the `next` of the page before, with the same sort; leave it out for the first page."),
    )


def _field(found: QuerySet[Any], column: str) -> "Field[Any, Any]":
    meta, field = found.model._meta, None
    for part in column.split("__"):
        field = meta.get_field(part)
        meta = field.related_model._meta if field.related_model else meta
    assert isinstance(field, Field)
    return field


def _is_nullable(found: QuerySet[Any], column: str) -> bool:
    return _field(found, column).null


def _value(field: "Field[Any, Any]", text: str) -> Any:
    """The value that the text stands for in this column."""
    kind = field.get_internal_type()
    try:
        if kind == "DateTimeField":
            return datetime.fromisoformat(text)
        elif kind == "DateField":
            return date.fromisoformat(text)
        elif kind == "DecimalField":
            number = Decimal(text)
            if not number.is_finite() or abs(number) >= 10**12:
                raise _no_cursor()
            return number
        elif "Integer" in kind or "AutoField" in kind:
            whole = int(text) if len(text) < 20 else LARGEST + 1
            if abs(whole) > LARGEST:
                raise _no_cursor()
            return whole
        else:
            return text
    except (ValueError, InvalidOperation) as error:
        raise _no_cursor() from error

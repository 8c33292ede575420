"""The list of invoices: what is wanted stands in the URL, keyset pages walk it, and it goes out as CSV."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import QueryDict

from mainspring.accounts.models import Person
from mainspring.billing.issuing import today
from mainspring.billing.models import Invoice
from mainspring.billing.models.document import InvoiceQuerySet
from mainspring.core.asked import clean, whole
from mainspring.core.shop import Shop
from mainspring.tickets.models import Ticket

PAGE = 50
SORTS = {"number": "id", "date": "issued_on", "due": "due_on", "total": "total", "owed": "standing__balance"}
SHOWN = ("", "unpaid", "overdue", "paid", "cancelled", "credit_notes")
COLUMNS = (
    "id", "code", "kind", "purpose", "customer_name", "ticket__number", "issued_on", "due_on", "currency", "net", "tax",
    "total", "standing__paid", "standing__credited", "standing__balance", "standing__paid_at",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    id: int
    code: str
    kind: str
    purpose: str
    customer: str
    ticket: int
    issued_on: date
    due_on: date
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal
    balance: Decimal
    paid_at: Any

    @property
    def purpose_name(self) -> str:
        return str(Invoice.Purpose(self.purpose).label)

    @property
    def state(self) -> str:
        """`note`, `paid`, `cancelled` or `open`."""
        if self.kind == Invoice.Kind.CREDIT_NOTE:
            return "note"
        elif self.paid_at:
            return "paid"
        elif self.balance:
            return "open"
        else:
            return "cancelled"


@dataclass(frozen=True)
class InvoiceList:
    """What one person asked of the invoices. `show` is one of SHOWN; `sort` a key of SORTS, `-` for descending."""

    person: Person
    words: str
    show: str
    sort: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict, person: Person) -> "InvoiceList":
        sort, show = asked.get("sort", "-number"), asked.get("show", "")
        return cls(
            person=person,
            words=clean(asked.get("q"), 200),
            show=show if show in SHOWN else "",
            sort=sort if sort.removeprefix("-") in SORTS else "-number",
            after=clean(asked.get("after"), 80),
        )

    def invoices(self) -> InvoiceQuerySet:
        """What is wanted, sorted, from the first on."""
        wanted = Invoice.objects.filter(ticket__in=Ticket.objects.visible_to(self.person))
        narrowed: dict[str, Callable[[], InvoiceQuerySet]] = {
            "": lambda: wanted,
            "unpaid": wanted.unpaid,
            "overdue": lambda: wanted.overdue(today(Shop.get())),
            "paid": lambda: wanted.invoices().exclude(standing__paid_at=None),
            "cancelled": lambda: wanted.invoices().filter(total__gt=0, standing__credited=F("total")),
            "credit_notes": lambda: wanted.filter(kind=Invoice.Kind.CREDIT_NOTE),
        }
        column, sign = SORTS[self.sort.removeprefix("-")], "-" if self.sort.startswith("-") else ""
        return narrowed[self.show]().filter(self._matching()).order_by(f"{sign}{column}", f"{sign}pk")

    def _matching(self) -> Q:
        """By code, customer or ticket; every word must be somewhere."""
        found = Q()
        for word in self.words.split()[:5]:
            number = whole(word.removeprefix("#"))
            ticket = Q(ticket__number=number) if number is not None else Q()
            found &= Q(code__icontains=word) | Q(customer_name__icontains=word) | ticket
        return found

    def page(self) -> tuple[list[Row], str]:
        """Fifty rows at most, and the address of what follows."""
        found = self.rows(self.invoices().filter(self._further())[: PAGE + 1])
        last = found[PAGE - 1] if len(found) > PAGE else None
        return found[:PAGE], self.address(after=f"{self._value(last)},{last.id}") if last else ""

    def all(self) -> Iterator[Row]:
        """Every row that is wanted, without pages."""
        for values in self.invoices().values_list(*COLUMNS).iterator(chunk_size=1000):
            yield Row(*values)

    @staticmethod
    def rows(invoices: InvoiceQuerySet) -> list[Row]:
        return [Row(*values) for values in invoices.values_list(*COLUMNS)]

    def _value(self, row: Row) -> Any:
        names = {"id": "id", "standing__balance": "balance"}
        column = SORTS[self.sort.removeprefix("-")]
        return getattr(row, names.get(column, column))

    def _further(self) -> Q:
        """Only what comes after the row named by `after`; everything when that is no place in this list."""
        text, _comma, pk = self.after.rpartition(",")
        column, side = SORTS[self.sort.removeprefix("-")], "lt" if self.sort.startswith("-") else "gt"
        value = _value_of(text, column)
        last = whole(pk)
        if value is None or last is None:
            return Q()
        return Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": last})

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        kept = {"q": self.words, "show": self.show, "sort": self.sort, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})


def _value_of(text: str, column: str) -> Any:
    """The value of a place in the list; None for what is none."""
    try:
        if column in ("issued_on", "due_on"):
            return date.fromisoformat(text)
        elif column == "id":
            return whole(text)
        else:
            value = Decimal(text)
            return value if value.is_finite() and abs(value) < 10**11 else None
    except (ValueError, InvalidOperation):
        return None

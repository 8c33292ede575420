"""The list of products: what is wanted stands in the URL, keyset pages walk it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from mainspring.core.asked import clean, whole
from mainspring.inventory.models import Product, ProductQuerySet

PAGE = 50
SORTS = ("name", "sku", "on_hand", "price")
SHOWN = ("", "low", "unused")


@dataclass(frozen=True)
class ProductPage:
    """Fifty products at most, and the address of what follows."""

    products: list[Product]
    next: str


@dataclass(frozen=True)
class ProductList:
    """What was asked of the stock. `show` is "", "low" or "unused"; `sort` one of SORTS, `-` for descending."""

    words: str
    category: str
    show: str
    sort: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict) -> "ProductList":
        sort, show, category = asked.get("sort", "name"), asked.get("show", ""), asked.get("category", "")
        return cls(
            words=clean(asked.get("q"), 200),
            category=category if whole(category) is not None else "",
            show=show if show in SHOWN else "",
            sort=sort if sort.removeprefix("-") in SORTS else "name",
            after=clean(asked.get("after"), 400),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.category or self.show)

    def products(self) -> ProductQuerySet:
        wanted = Product.objects.with_names()
        if self.show == "low":
            wanted = wanted.low()
        elif self.show == "unused":
            wanted = wanted.filter(is_active=False)
        else:
            wanted = wanted.in_use()
        if self.category:
            wanted = wanted.filter(category=int(self.category))
        return wanted.matching(self.words)

    def page(self) -> ProductPage:
        column = self.sort.removeprefix("-")
        down = self.sort.startswith("-")
        ordered = self.products().order_by(*(("-" + column, "-pk") if down else (column, "pk")))
        found = list(ordered.filter(self._further(column, "lt" if down else "gt"))[: PAGE + 1])
        last = found[PAGE - 1] if len(found) > PAGE else None
        return ProductPage(found[:PAGE], self.address(after=f"{getattr(last, column)},{last.pk}") if last else "")

    def all(self) -> Iterator[Product]:
        """Every product that is wanted, by name."""
        return self.products().order_by("name", "pk").iterator(chunk_size=1000)

    def address(self, **changes: str) -> str:
        """The query string of this list with some of it changed."""
        kept = {"q": self.words, "category": self.category, "show": self.show, "sort": self.sort, **changes}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    def _further(self, column: str, side: str) -> Q:
        """Only what comes after the row named by `after`; everything when that is no place in this list."""
        text, _comma, pk = self.after.rpartition(",")
        value: Any = _decimal(text) if column in ("on_hand", "price") else text
        last = whole(pk)
        if not text or value is None or last is None:
            return Q()
        return Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": last})


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**10 else None

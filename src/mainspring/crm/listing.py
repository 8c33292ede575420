"""The lists of contacts, businesses and devices: found by words, in an order that an index keeps, by keyset pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from mainspring.core import keyset
from mainspring.core.asked import clean
from mainspring.crm.models import Business, Contact, Device

PAGE = 50
NAMED: dict[str, tuple[str, ...]] = {"name": ("name",), "added": ("added_at",)}
OWNED: dict[str, tuple[str, ...]] = {"name": ("maker", "model"), "serial": ("serial",), "added": ("added_at",)}


@dataclass(frozen=True)
class NameList:
    """What was asked: words, the order (`-` for descending), and after whom the page begins."""

    words: str
    sort: str
    after: str

    @classmethod
    def read(cls, asked: QueryDict) -> "NameList":
        sort = asked.get("sort", "name")
        return cls(
            words=clean(asked.get("q"), 100),
            sort=sort if sort.removeprefix("-") in {**NAMED, **OWNED} else "name",
            after=clean(asked.get("after"), 400),
        )

    def contacts(self) -> tuple[list[Contact], str]:
        return self._page(Contact.objects.standing().matching(self.words).select_related("business"), NAMED)

    def businesses(self) -> tuple[list[Business], str]:
        return self._page(Business.objects.matching(self.words), NAMED)

    def devices(self) -> tuple[list[Device], str]:
        found = Device.objects.matching(self.words).select_related("kind", "owner", "business")
        return self._page(found, OWNED)

    def _page(self, found: QuerySet[Any], orders: dict[str, tuple[str, ...]]) -> tuple[list[Any], str]:
        """Fifty rows at most, and the query string of what follows."""
        down = self.sort.startswith("-")
        columns = (*orders.get(self.sort.removeprefix("-"), orders["name"]), "pk")
        kinds = [int if name == "pk" else datetime if name == "added_at" else str for name in columns]
        place = keyset.read(self.after, kinds)
        if place is not None:
            found = found.filter(keyset.after(columns, place, down=down))
        rows = list(found.order_by(*("-" * down + name for name in columns))[: PAGE + 1])
        if len(rows) <= PAGE:
            return rows, ""
        after = keyset.written([getattr(rows[PAGE - 1], name) for name in columns])
        kept = {"q": self.words, "sort": "" if self.sort == "name" else self.sort, "after": after}
        return rows[:PAGE], "?" + urlencode({key: value for key, value in kept.items() if value})

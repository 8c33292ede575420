"""How many tickets each view shows: the standing ones counted together, the saved ones in one statement."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.tickets.models import Ticket

MOST = 1000
"""So many are counted; of more it is only said that there are more."""


STANDING = (
    ("is:mine", _("Mine")),
    ("is:unassigned", _("Unassigned")),
    ("is:open", _("All open")),
    ("status:customer_replied", _("Customer replied")),
    ("status:waiting_customer", _("Waiting for the customer")),
    ("status:waiting_third_party", _("Waiting for parts")),
)
"""The views that everybody has: their line and what they are called."""


def standing_counts(person: Person) -> dict[str, int]:
    """How many tickets each standing view shows, by its line; one query, at most ten seconds old."""
    tally = _remembered_tally()

    def count(test: Callable[[dict[str, Any]], bool]) -> int:
        return sum(entry["n"] for entry in tally if test(entry))

    kinds = {line: line.removeprefix("status:") for line, _label in STANDING if line.startswith("status:")}
    return {
        "is:mine": count(lambda entry: entry["assignee_id"] == person.pk),
        "is:unassigned": count(lambda entry: entry["assignee_id"] is None),
        "is:open": count(lambda entry: True),
        **{line: count(lambda entry, kind=kind: entry["kind"] == kind) for line, kind in kinds.items()},  # type: ignore[misc]
    }


def counts_of(rows: "Sequence[QuerySet[Any]]", most: int | None = MOST) -> list[int]:
    """How many rows each of these has, `most` + 1 for more than `most`. One statement, however many they are."""
    counts, parts = [0] * len(rows), []
    values: list[Any] = []
    for at, one in enumerate(rows):
        try:
            sql, given = one.order_by().values("pk")[: None if most is None else most + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {at}, COUNT(*) FROM ({sql}) AS wanted_{at}")  # noqa: S608 (Django's own statement)
        values += given
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for at, count in cursor.fetchall():
                counts[at] = count
    return counts


def _remembered_tally() -> list[dict[str, Any]]:
    return cache.get_or_set("tickets.tally", _tally, 10) or []


def _tally() -> list[dict[str, Any]]:
    counted = Ticket.objects.unclosed().order_by().values("assignee_id", kind=F("status__kind"))
    return [dict(entry) for entry in counted.annotate(n=Count("id"))]

"""A search inside a queryset: filters, order and pages stay the queryset's."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL

from mainspring.core.search.engines import engine
from mainspring.core.search.places import places_of
from mainspring.core.search.query import Query

FEW = 400
"""So many ids are handed to the database; of more it looks them up itself."""
RARE = 0.001
"""A share of the things so small that the database fetches what matches and sorts it."""
Rows = TypeVar("Rows", bound="QuerySet[Any]")


def within(rows: Rows, words: str, *, kinds: Sequence[str], unfinished: bool = False) -> Rows:
    """Those of the rows that have all these words. `kinds` are of the same things, the one that most are in first.

    How it is looked for depends on how common the words are among the newest things, which is asked first: of rare
    words all ids are fetched; for common ones the database walks the rows in the order asked for and tests each, so
    that a page of fifty is found after a few; between the two it tests against a list of ids.

    `unfinished` is for who is still typing: the beginning of each word will do.
    """
    query = Query.read(words).as_prefixes() if unfinished else Query.read(words)
    if not query.terms:
        return rows.none() if words.strip() else rows
    places = [places_of(kind) for kind in kinds]
    share = engine().share(query, places)
    if share >= engine().common:
        return rows.filter(Holds(F("pk"), query=query, places=places))
    elif share >= RARE and not engine().sorts_well:
        # As a sum, the id tempts no database to fetch each hit: it walks the order asked for, and tests.
        return rows.alias(found_id=F("pk") + 0).filter(found_id__in=_ids(query, places))
    else:
        return rows.filter(pk__in=_ids(query, places))


class Holds(Func):
    """Whether the thing of this id has the words."""

    output_field = BooleanField()

    def __init__(self, id: F, *, query: Query, places: Sequence[range]) -> None:
        super().__init__(id)
        self.query, self.places = query, places

    def as_sql(self, compiler: Any, connection: Any, *_how: Any, **_more: Any) -> tuple[str, tuple[str | int, ...]]:
        id, none = compiler.compile(self.source_expressions[0])
        sql, values = engine().holds(self.query, self.places, id)
        return sql, (*none, *values)


def ids_of(words: str, *, kinds: Sequence[str]) -> "list[list[int] | RawSQL]":
    """The ids of the things that have all these words, kind by kind, to filter what refers to them: `contact__in=ids`.

    One statement for all kinds. Of very many it is a subselect, which costs none.
    """
    query = Query.read(words)
    if not query.terms:
        return [[] for _kind in kinds]
    parts = [engine().ids(query, [places_of(kind)]) for kind in kinds]
    each = f"SELECT {{}}, found.* FROM ({{}} LIMIT {FEW}) AS found"  # noqa: S608 (our own words)
    sql = " UNION ALL ".join(each.format(at, part) for at, (part, _values) in enumerate(parts))
    found: list[list[int]] = [[] for _kind in kinds]
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _part, values in parts for value in values])
        for at, id in cursor.fetchall():
            found[at].append(id)
    return [
        sorted(ids) if len(ids) < FEW else RawSQL(*part)  # noqa: S611
        for ids, part in zip(found, parts, strict=True)
    ]


def _ids(query: Query, places: Sequence[range]) -> RawSQL:
    return RawSQL(*engine().ids(query, places))  # noqa: S611

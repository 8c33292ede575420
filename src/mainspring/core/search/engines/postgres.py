"""Search by PostgreSQL's tsvector and GIN. Words come folded, so no dictionary and no extension is needed."""

from collections.abc import Iterable, Sequence

from django.db import connection

from mainspring.core.search.folding import MOST_WORDS
from mainspring.core.search.places import ID_MASK
from mainspring.core.search.query import Choice, Query, Term, Word

BY_WORDS = (
    "SELECT rowid FROM core_searchdocument WHERE words @@ %s::tsquery AND rowid BETWEEN %s AND %s "
    "ORDER BY rowid DESC LIMIT %s"
)
BY_TITLE = BY_WORDS.replace("words @@", "title @@")

KEEP = (
    "INSERT INTO core_searchdocument (rowid, title, words) "
    "VALUES (%s, array_to_tsvector(%s::text[]), array_to_tsvector(%s::text[])) "
    "ON CONFLICT (rowid) DO UPDATE SET title = excluded.title, words = excluded.words"
)


SAMPLE = 1_000


class PostgresEngine:
    """A row a document. `words` holds those of the title too, so that one index answers a search."""

    common = 0.01
    sorts_well = True

    def keep(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(KEEP, [(place, list(title), list(title | words)) for place, title, words in documents])

    def add(self, place: int, words: set[str]) -> None:
        self._execute(
            "INSERT INTO core_searchdocument AS there (rowid, title, words) "
            "VALUES (%s, ''::tsvector, array_to_tsvector(%s::text[])) "
            "ON CONFLICT (rowid) DO UPDATE SET words = there.words || excluded.words WHERE length(there.words) <= %s",
            place, list(words), MOST_WORDS,
        )  # fmt: skip

    def forget(self, place: int) -> None:
        self._execute("DELETE FROM core_searchdocument WHERE rowid = %s", place)

    def match(self, query: Query, places: range, limit: int, *, titles_only: bool) -> list[int]:
        by = BY_TITLE if titles_only else BY_WORDS
        with connection.cursor() as cursor:
            cursor.execute(by, [_wanted(query), places.start, places.stop - 1, limit])
            return [place for (place,) in cursor.fetchall()]

    def ids(self, query: Query, places: Sequence[range]) -> tuple[str, list[int | str]]:
        # As a sum, the place tempts nobody to read a whole kind row by row for the first few that match.
        ranges = " OR ".join(["rowid + 0 BETWEEN %s AND %s"] * len(places))
        sql = f"SELECT rowid & %s FROM core_searchdocument WHERE words @@ %s::tsquery AND ({ranges})"  # noqa: S608
        return sql, [ID_MASK, _wanted(query), *(end for each in places for end in (each.start, each.stop - 1))]

    def share(self, query: Query, places: Sequence[range]) -> float:
        # The OFFSET keeps the range in front: read by its key, and only then tested. Tested by the function of `@@`:
        # for the operator the planner reads statistics of all words, which takes longer than the answer.
        newest = "(SELECT max(rowid) - %s FROM core_searchdocument WHERE rowid BETWEEN %s AND %s)"
        sql = (
            f"SELECT count(*) FROM (SELECT words FROM core_searchdocument, {newest} AS newest (id) "  # noqa: S608
            f"WHERE {' OR '.join(['rowid BETWEEN %s + newest.id AND %s + newest.id'] * len(places))} "
            "OFFSET 0) AS sample WHERE ts_match_vq(words, %s::tsquery)"
        )
        first = places[0].start
        ranges = [value for each in places for value in (each.start - SAMPLE + 1, each.start)]
        with connection.cursor() as cursor:
            cursor.execute(sql, [first, first, places[0].stop - 1, *ranges, _wanted(query)])
            return int(cursor.fetchall()[0][0]) / SAMPLE

    def holds(self, query: Query, places: Sequence[range], id: str) -> tuple[str, list[int | str]]:
        # As a value, not an EXISTS: that may be turned into a join with all that matches.
        sql = (
            f"(SELECT coalesce(bool_or(words @@ %s::tsquery), false) FROM core_searchdocument WHERE rowid IN "  # noqa: S608
            f"({', '.join([f'{id} + %s'] * len(places))}))"
        )
        return sql, [_wanted(query), *(each.start for each in places)]

    def _execute(self, sql: str, *values: int | list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def _wanted(query: Query) -> str:
    return " & ".join(f"({_term(term)})" for term in query.terms)


def _term(term: Term) -> str:
    return " | ".join(f"({_choice(choice)})" for choice in term.choices)


def _choice(choice: Choice) -> str:
    return " & ".join(_word(word) for word in choice)


def _word(word: Word) -> str:
    return f"'{word.text}':*" if word.is_prefix else f"'{word.text}'"

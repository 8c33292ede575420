"""Search by SQLite's FTS5. Words come folded, so its plainest tokenizer does."""

from collections.abc import Iterable, Sequence

from django.db import connection

from mainspring.core.search.folding import MOST_WORDS
from mainspring.core.search.places import ID_MASK
from mainspring.core.search.query import Choice, Query, Term, Word

SAMPLE = 1_000
MANY = 2_000
"""So many hits are quicker tested against, row by row in the order asked for, than fetched and sorted."""


class SqliteEngine:
    """A row of FTS5 a document; its rowid is the place, so that the newest come without sorting."""

    common = 0.2
    sorts_well = False

    def keep(self, documents: Iterable[tuple[int, set[str], set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT OR REPLACE INTO core_searchdocument (rowid, title, words) VALUES (%s, %s, %s)",
                [(place, " ".join(sorted(title)), " ".join(sorted(words))) for place, title, words in documents],
            )

    def add(self, place: int, words: set[str]) -> None:
        rows = self._execute("SELECT title, words FROM core_searchdocument WHERE rowid = %s", place)
        if rows:
            there = {word for column in rows[0] for word in column.split()}
            fresh = words - there
            if fresh and len(there) <= MOST_WORDS:
                self._execute(
                    "UPDATE core_searchdocument SET words = %s WHERE rowid = %s",
                    " ".join((rows[0][1], *sorted(fresh))), place,
                )  # fmt: skip
        else:
            self.keep([(place, set(), words)])

    def forget(self, place: int) -> None:
        self._execute("DELETE FROM core_searchdocument WHERE rowid = %s", place)

    def match(self, query: Query, places: range, limit: int, *, titles_only: bool) -> list[int]:
        wanted = _wanted(query)
        rows = self._execute(
            "SELECT rowid FROM core_searchdocument WHERE core_searchdocument MATCH %s AND rowid BETWEEN %s AND %s "
            "ORDER BY rowid DESC LIMIT %s",
            f"{{title}} : ({wanted})" if titles_only else wanted, places.start, places.stop - 1, limit,
        )  # fmt: skip
        return [place for (place,) in rows]

    def ids(self, query: Query, places: Sequence[range]) -> tuple[str, list[int | str]]:
        each = (
            "SELECT rowid & %s FROM core_searchdocument WHERE core_searchdocument MATCH %s AND rowid BETWEEN %s AND %s"
        )
        values = [(ID_MASK, _wanted(query), range.start, range.stop - 1) for range in places]
        return " UNION ALL ".join([each] * len(places)), [value for part in values for value in part]

    def share(self, query: Query, places: Sequence[range]) -> float:
        # Each look for a word reads all that FTS5 knows of it: what is known to be common is looked for once.
        newest = (
            "SELECT rowid - %s AS id FROM core_searchdocument WHERE rowid BETWEEN %s AND %s ORDER BY rowid DESC LIMIT 1"
        )
        found = (
            "(SELECT count(*) FROM core_searchdocument WHERE core_searchdocument MATCH %s "
            "AND rowid BETWEEN (SELECT id + %s FROM newest) AND (SELECT id + %s FROM newest))"
        )
        older = (
            "(SELECT count(*) = %s FROM (SELECT 1 FROM core_searchdocument WHERE core_searchdocument MATCH %s "
            "AND rowid BETWEEN %s AND %s LIMIT %s))"
        )
        sql = (
            f"WITH newest AS ({newest}), at_first AS MATERIALIZED (SELECT {found} AS things), "  # noqa: S608 (our own words)
            "sampled AS MATERIALIZED (SELECT CASE WHEN things >= %s THEN things "
            f"ELSE {' + '.join(['things', *[found] * (len(places) - 1)])} END AS things FROM at_first) "
            f"SELECT CASE WHEN things THEN things ELSE {' OR '.join([older] * len(places))} END FROM sampled"
        )
        first, wanted = places[0], _wanted(query)
        at_first, *further = [(wanted, each.start - SAMPLE + 1, each.start) for each in places]
        [[things]] = self._execute(
            sql,
            first.start, first.start, first.stop - 1, *at_first,
            round(SAMPLE * self.common), *(value for each in further for value in each),
            *(value for each in places for value in (MANY, wanted, each.start, each.stop - 1, MANY)),
        )  # fmt: skip
        return int(things) / SAMPLE

    def holds(self, query: Query, places: Sequence[range], id: str) -> tuple[str, list[int | str]]:
        # By the kept text: FTS5 would start a search of its own for each row.
        condition, values = _text_has(query)
        sql = (
            f"EXISTS (SELECT 1 FROM (SELECT ' ' || title || ' ' || words || ' ' AS said FROM core_searchdocument "  # noqa: S608
            f"WHERE rowid IN ({', '.join([f'{id} + %s'] * len(places))})) WHERE {condition})"
        )
        return sql, [*(each.start for each in places), *values]

    def _execute(self, sql: str, *values: int | str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()


def _wanted(query: Query) -> str:
    return " AND ".join(f"({_term(term)})" for term in query.terms)


def _term(term: Term) -> str:
    return " OR ".join(f"({_choice(choice)})" for choice in term.choices)


def _choice(choice: Choice) -> str:
    return " AND ".join(_word(word) for word in choice)


def _word(word: Word) -> str:
    return f'"{word.text}"*' if word.is_prefix else f'"{word.text}"'


def _text_has(query: Query) -> tuple[str, list[str]]:
    """The query as a condition on the words `said`, each between two spaces."""
    values: list[str] = []

    def word(word: Word) -> str:
        values.append(f" {word.text}" if word.is_prefix else f" {word.text} ")
        return "instr(said, %s)"

    def choice(choice: Choice) -> str:
        return " AND ".join(word(each) for each in choice)

    def term(term: Term) -> str:
        return " OR ".join(f"({choice(each)})" for each in term.choices)

    return " AND ".join(f"({term(each)})" for each in query.terms), values

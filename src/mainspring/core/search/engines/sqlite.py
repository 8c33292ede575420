"""Search by SQLite's FTS5. Words come folded, so its plainest tokenizer does."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from mainspring.core.search.folding import MOST_WORDS
from mainspring.core.search.places import ID_MASK
from mainspring.core.search.query import Choice, Query, Term, Word

SAMPLE = 1_000
MANY = 2_000
"""So many hits are quicker tested against, row by row in the order asked for, than fetched and sorted."""

SHARE = """
WITH
  newest AS (
    SELECT rowid - %(first)s AS id FROM core_searchdocument
    WHERE rowid BETWEEN %(first)s AND %(last)s ORDER BY rowid DESC LIMIT 1
  ),
  at_first AS MATERIALIZED (
    SELECT count(*) AS things FROM core_searchdocument WHERE core_searchdocument MATCH %(wanted)s
    AND rowid BETWEEN (SELECT %(first)s + id - %(sample)s + 1 FROM newest) AND (SELECT %(first)s + id FROM newest)
  ),
  sampled AS MATERIALIZED (
    SELECT CASE WHEN things >= %(common)s THEN things ELSE things + (
      SELECT coalesce(sum((
        SELECT count(*) FROM core_searchdocument WHERE core_searchdocument MATCH %(wanted)s
        AND rowid BETWEEN further.value + newest.id - %(sample)s + 1 AND further.value + newest.id
      )), 0) FROM newest, json_each(%(further)s) AS further
    ) END AS things FROM at_first
  )
SELECT CASE WHEN things THEN things ELSE (
  SELECT max((
    SELECT count(*) FROM (
      SELECT 1 FROM core_searchdocument WHERE core_searchdocument MATCH %(wanted)s
      AND rowid BETWEEN json_extract(place.value, '$[0]') AND json_extract(place.value, '$[1]') LIMIT %(many)s
    )
  )) = %(many)s FROM json_each(%(places)s) AS place
) END FROM sampled
"""
"""Each look for a word reads all that FTS5 knows of it: what is common in the first place is looked for once, and how
many older things have it is counted only where none of the newest does."""


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
        first, *further = places
        values: dict[str, str | int] = {
            "wanted": _wanted(query),
            "first": first.start,
            "last": first.stop - 1,
            "sample": SAMPLE,
            "common": round(SAMPLE * self.common),
            "further": json.dumps([each.start for each in further]),
            "places": json.dumps([[each.start, each.stop - 1] for each in places]),
            "many": MANY,
        }
        with connection.cursor() as cursor:
            cursor.execute(SHARE, values)
            return int(cursor.fetchone()[0]) / SAMPLE

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

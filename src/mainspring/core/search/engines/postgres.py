"""Search by PostgreSQL's tsvector and GIN. Words come folded, so no dictionary and no extension is needed."""

from django.db import connection

from mainspring.core.search.folding import MOST_WORDS
from mainspring.core.search.query import Choice, Query, Term, Word

BY_WORDS = (
    "SELECT rowid FROM core_searchdocument WHERE words @@ %s::tsquery AND rowid BETWEEN %s AND %s "
    "ORDER BY rowid DESC LIMIT %s"
)
BY_TITLE = BY_WORDS.replace("words @@", "title @@")


class PostgresEngine:
    """A row a document. `words` holds those of the title too, so that one index answers a search."""

    def keep(self, place: int, title: set[str], words: set[str]) -> None:
        self._execute(
            "INSERT INTO core_searchdocument (rowid, title, words) "
            "VALUES (%s, array_to_tsvector(%s::text[]), array_to_tsvector(%s::text[])) "
            "ON CONFLICT (rowid) DO UPDATE SET title = excluded.title, words = excluded.words",
            place, list(title), list(title | words),
        )  # fmt: skip

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
        wanted = " & ".join(f"({_term(term)})" for term in query.terms)
        by = BY_TITLE if titles_only else BY_WORDS
        with connection.cursor() as cursor:
            cursor.execute(by, [wanted, places.start, places.stop - 1, limit])
            return [place for (place,) in cursor.fetchall()]

    def _execute(self, sql: str, *values: int | list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def _term(term: Term) -> str:
    return " | ".join(f"({_choice(choice)})" for choice in term.choices)


def _choice(choice: Choice) -> str:
    return " & ".join(_word(word) for word in choice)


def _word(word: Word) -> str:
    return f"'{word.text}':*" if word.is_prefix else f"'{word.text}'"

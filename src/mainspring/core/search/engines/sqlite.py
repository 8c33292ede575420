"""Search by SQLite's FTS5. Words come folded, so its plainest tokenizer does."""

from django.db import connection

from mainspring.core.search.folding import MOST_WORDS
from mainspring.core.search.query import Choice, Query, Term, Word


class SqliteEngine:
    """A row of FTS5 a document; its rowid is the place, so that the newest come without sorting."""

    def keep(self, place: int, title: set[str], words: set[str]) -> None:
        self._execute(
            "INSERT OR REPLACE INTO core_searchdocument (rowid, title, words) VALUES (%s, %s, %s)",
            place, " ".join(sorted(title)), " ".join(sorted(words)),
        )  # fmt: skip

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
            self.keep(place, set(), words)

    def forget(self, place: int) -> None:
        self._execute("DELETE FROM core_searchdocument WHERE rowid = %s", place)

    def match(self, query: Query, places: range, limit: int, *, titles_only: bool) -> list[int]:
        wanted = " AND ".join(f"({_term(term)})" for term in query.terms)
        rows = self._execute(
            "SELECT rowid FROM core_searchdocument WHERE core_searchdocument MATCH %s AND rowid BETWEEN %s AND %s "
            "ORDER BY rowid DESC LIMIT %s",
            f"{{title}} : ({wanted})" if titles_only else wanted, places.start, places.stop - 1, limit,
        )  # fmt: skip
        return [place for (place,) in rows]

    def _execute(self, sql: str, *values: int | str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()


def _term(term: Term) -> str:
    return " OR ".join(f"({_choice(choice)})" for choice in term.choices)


def _choice(choice: Choice) -> str:
    return " AND ".join(_word(word) for word in choice)


def _word(word: Word) -> str:
    return f'"{word.text}"*' if word.is_prefix else f'"{word.text}"'

"""The engines behind the search: what each database brings with it."""

from typing import Protocol

from django.db import connection

from mainspring.core.search.engines.postgres import PostgresEngine
from mainspring.core.search.engines.sqlite import SqliteEngine
from mainspring.core.search.query import Query


class Engine(Protocol):
    """Keeps folded words under places and finds places by them."""

    def keep(self, place: int, title: set[str], words: set[str]) -> None:
        """Put these words in place of those that were there."""

    def add(self, place: int, words: set[str]) -> None:
        """Put these words beside those that are there."""

    def forget(self, place: int) -> None: ...

    def match(self, query: Query, places: range, limit: int, *, titles_only: bool) -> list[int]:
        """The highest places in the range that match."""


ENGINES: dict[str, Engine] = {"sqlite": SqliteEngine(), "postgresql": PostgresEngine()}


def engine() -> Engine:
    return ENGINES[connection.vendor]

"""The engines behind the search: what each database brings with it."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db import connection

from mainspring.core.search.engines.postgres import PostgresEngine
from mainspring.core.search.engines.sqlite import SqliteEngine
from mainspring.core.search.query import Query

Document = tuple[int, set[str], set[str]]
"""A place, the words of its title and keys, the further words."""


class Engine(Protocol):
    """Keeps folded words under places and finds places by them."""

    common: float
    """The share of things with the words from which it is better to test row by row than to fetch what matches."""
    sorts_well: bool
    """Whether it is quick to fetch and sort whatever is less common than that."""

    def keep(self, documents: Iterable[Document]) -> None:
        """Put these words in place of those that were there."""

    def add(self, place: int, words: set[str]) -> None:
        """Put these words beside those that are there."""

    def forget(self, place: int) -> None: ...

    def match(self, query: Query, places: range, limit: int, *, titles_only: bool) -> list[int]:
        """The highest places in the range that match."""

    def ids(self, query: Query, places: Sequence[range]) -> tuple[str, list[int | str]]:
        """A subselect of the ids of all things that match in any of the ranges, and its values."""

    def share(self, query: Query, places: Sequence[range]) -> float:
        """The part of the newest thousand things (by the first range) that match in any of the ranges.

        As if one of them did, where none does but very many older ones, and the engine does not sort those well.
        """

    def holds(self, query: Query, places: Sequence[range], id: str) -> tuple[str, list[int | str]]:
        """A condition, with its values: the thing whose id this SQL names matches in any of the ranges."""


ENGINES: dict[str, Engine] = {"sqlite": SqliteEngine(), "postgresql": PostgresEngine()}


def engine() -> Engine:
    return ENGINES[connection.vendor]

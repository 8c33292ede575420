"""A transaction that is on the disk when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def durably() -> Iterator[None]:
    """A commit that a power cut doesn't undo. SQLite in WAL syncs each commit only when told to; PostgreSQL always."""
    slower = connection.vendor == "sqlite" and not connection.in_atomic_block
    if slower:
        _synchronous("FULL")
    try:
        with transaction.atomic():
            yield
    finally:
        if slower:
            _synchronous("NORMAL")


def _synchronous(level: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={level}")

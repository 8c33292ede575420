"""Reading much as it was at one moment, while others write."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from mainspring.core.sqlite.base import DatabaseWrapper as Sqlite


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is read within it is of one moment, and nobody has to wait for it. Nothing is written within it.

    Inside a transaction that is open already it is that transaction's, which on PostgreSQL sees what others commit.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        yield
    elif isinstance(connection, Sqlite):
        connection.only_reads = True
        try:
            with transaction.atomic():
                yield
        finally:
            connection.only_reads = False
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

"""Emptying a guarded database between tests.

SQLite's flush deletes row by row, PostgreSQL's truncates; the triggers on ledgers and issued papers refuse
both, as they should.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """With the guards off, as only somebody can have them who owns the database itself: a thief, or a broken disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            guards = cursor.execute(GUARDS).fetchall()
            for name, _sql in guards:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _name, sql in guards:
                cursor.execute(sql)
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")


def let_flush_pass(connection: BaseDatabaseWrapper) -> None:
    """Between transactional tests, lift the guards, empty the tables, set the guards again."""
    operations: Any = type(connection.ops)
    flush: Callable[..., list[str]] = operations.sql_flush

    def flush_without_guards(self: Any, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            guards = cursor.execute(GUARDS).fetchall()
        lifted = [f'DROP TRIGGER "{name}"' for name, _sql in guards]
        return [*lifted, *flush(self, style, tables, **how), *(sql for _name, sql in guards)]

    def flush_as_replica(self: Any, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        replica, usual = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
        return [replica, *flush(self, style, tables, **how), usual]

    operations.sql_flush = flush_without_guards if connection.vendor == "sqlite" else flush_as_replica

"""Emptying a guarded database between tests.

SQLite's flush deletes row by row, which the triggers on ledgers and issued papers refuse, as they should.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def let_flush_pass(connection: BaseDatabaseWrapper) -> None:
    """Between transactional tests, lift the guards, empty the tables, set the guards again."""
    operations: Any = type(connection.ops)
    flush: Callable[..., list[str]] = operations.sql_flush

    def flush_without_guards(self: Any, style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            guards = cursor.execute(GUARDS).fetchall()
        lifted = [f'DROP TRIGGER "{name}"' for name, _sql in guards]
        return [*lifted, *flush(self, style, tables, **how), *(sql for _name, sql in guards)]

    if connection.vendor == "sqlite":
        operations.sql_flush = flush_without_guards

"""Django's engine for SQLite, but for one thing: it waits for the writer's lock itself, asking every millisecond.

SQLite has one writer at a time. Left to itself it waits inside a statement, and asks again after 1, 2, 5, 10 and up to
100 ms. That is bad for us twice:

- A page beside a process whose short transactions follow each other closely asks at the wrong moments, and waits long
  after the lock was free the first time (`python bench/writers.py` shows both ways).
- While it waits, its connection is locked for other threads. When the thread that writes happens to collect a
  statement of that connection as garbage, it waits for the one who waits for it, until the time is over.

So no statement waits inside SQLite: it is asked for again from outside, with no lock in hand.
"""

import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.db.backends.sqlite3 import base

Done = TypeVar("Done")

ASK_AGAIN = 0.001
"""Seconds."""
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY}
"""Another connection has the lock. A transaction that reads what is old by now (BUSY_SNAPSHOT) would wait in vain."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction takes the writer's lock as it begins. Who waits longer than `timeout` of OPTIONS is told so."""

    only_reads = False
    """Whether the next transaction writes nothing, and so needs no lock. See `core.moments`."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    def create_cursor(self, name: str | None = None) -> "PatientCursor":
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        cursor: PatientCursor = self.connection.cursor(factory=partial(PatientCursor, patience=patience))
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self.cursor().execute("BEGIN DEFERRED" if self.only_reads else "BEGIN IMMEDIATE")


class PatientCursor(base.SQLiteCursorWrapper):
    """Asks again while the lock is taken: a statement that was refused for it has changed nothing.

    Not so of many at once outside a transaction, of which some may be done: `executemany` belongs in one.
    """

    def __init__(self, connection: sqlite3.Connection, *, patience: float) -> None:
        super().__init__(connection)
        self.patience = patience

    def execute(self, query: str, params: Any = None) -> Any:
        return self.patiently(partial(super().execute, query, params))

    def patiently(self, act: Callable[[], Done]) -> Done:
        """Raises OperationalError when it is still refused after as many seconds as there is patience."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) not in BUSY or time.monotonic() > until:
                    raise
            time.sleep(ASK_AGAIN)

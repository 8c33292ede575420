"""Django's engine for SQLite, but for one thing: who waits for the writer's lock asks for it every millisecond.

SQLite has one writer at a time. Who finds it at work asks again after 1, 2, 5, 10 and up to 100 ms. A page beside a
process whose short transactions follow each other closely asks at the wrong moments, and waits long after the lock was
free the first time. Asking often it comes in between two of them. `python bench/writers.py` shows both.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

ASK_AGAIN = 0.001
"""Seconds."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction takes the writer's lock as it begins, and waits for it as long as the `timeout` of OPTIONS says."""

    only_reads = False
    """Whether the next transaction writes nothing, and so needs no lock. See `core.moments`."""

    def _start_transaction_under_autocommit(self) -> None:
        """Raises OperationalError when the time is over."""
        if self.only_reads:
            self.cursor().execute("BEGIN DEFERRED")
            return
        until = time.monotonic() + self.timeout
        with self.not_waiting():
            while True:
                try:
                    self.cursor().execute("BEGIN IMMEDIATE")
                    return
                except OperationalError as error:
                    if not is_busy(error) or time.monotonic() > until:
                        raise
                time.sleep(ASK_AGAIN)

    @property
    def timeout(self) -> float:
        """Seconds; as long as SQLite itself waits for the lock outside a transaction."""
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    @contextmanager
    def not_waiting(self) -> Iterator[None]:
        """Let SQLite say at once that the lock is taken."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")


def is_busy(error: OperationalError) -> bool:
    """Whether it says that another connection has the lock."""
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY

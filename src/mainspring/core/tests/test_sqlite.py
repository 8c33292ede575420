"""The engine for SQLite: who waits for the writer's lock gets it, or is told in time."""

import gc
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread, Timer

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

PATIENCE = 1.5
"""Seconds."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite3"
    sqlite3.connect(path).executescript("PRAGMA journal_mode=WAL; CREATE TABLE line (number)")
    return path


@pytest.fixture
def ours(path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    engine = {"ENGINE": "mainspring.core.sqlite", "NAME": path, "OPTIONS": {"timeout": PATIENCE}}
    connection = ConnectionHandler({"default": engine})["default"]
    with django_db_blocker.unblock():
        yield connection
        connection.close()


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else who is writing."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO line VALUES (1)")
    yield connection
    connection.close()


def begin(connection: BaseDatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO line VALUES (2)")


def lines(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        return len(cursor.execute("SELECT number FROM line").fetchall())


@pytest.mark.parametrize(("act", "there"), [(begin, 1), (write, 2)])
def test_who_waits_gets_the_lock_once_the_other_is_done(
    ours: BaseDatabaseWrapper,
    other: sqlite3.Connection,
    act: Callable[[BaseDatabaseWrapper], None],
    there: int,
) -> None:
    release = Timer(PATIENCE / 10, other.execute, ["COMMIT"])
    release.start()
    act(ours)
    release.join()
    assert lines(ours) == there


@pytest.mark.parametrize("act", [begin, write])
def test_who_waits_too_long_is_told(
    ours: BaseDatabaseWrapper, other: sqlite3.Connection, act: Callable[[BaseDatabaseWrapper], None]
) -> None:
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        act(ours)
    assert time.monotonic() - began >= PATIENCE
    other.execute("COMMIT")
    act(ours)
    assert lines(ours) >= 1


def test_who_writes_may_collect_a_statement_of_who_waits(ours: BaseDatabaseWrapper, other: sqlite3.Connection) -> None:
    """The writer never waits for a connection that waits for the writer."""
    ours.inc_thread_sharing()
    gc.disable()
    cursor: list[object] = [ours.cursor().execute("SELECT 1 UNION SELECT 2")]
    cursor.append(cursor)
    waiting = Thread(target=write, args=[ours])
    waiting.start()
    time.sleep(PATIENCE / 10)
    del cursor
    began = time.monotonic()
    gc.collect(0)
    took = time.monotonic() - began
    gc.enable()
    other.execute("COMMIT")
    waiting.join()
    assert took < PATIENCE / 2
    assert lines(ours) == 2

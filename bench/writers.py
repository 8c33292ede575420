"""How long a page waits for SQLite's writer beside a process that writes all the time: SQLite's way, and ours.

python bench/writers.py
"""

import os
import sqlite3
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings

HOLDS = [(0.004, 0.001), (0.004, 0.003), (0.010, 0.001), (0.010, 0.005)]
"""Seconds that the other process has the lock, and lets go of it."""
ACTS = 150
ENGINES = {"SQLite's wait": "django.db.backends.sqlite3", "ours": "mainspring.core.sqlite"}


def write_on(path: Path, hold: float, gap: float, seconds: float) -> None:
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line VALUES (1)")
        time.sleep(hold)
        connection.execute("COMMIT")
        time.sleep(gap)


def waits(engine: str, path: Path, hold: float, gap: float) -> list[float]:
    """Milliseconds that each of some transactions waited for its turn, in order of length."""
    from django.db import connections, transaction

    other = os.fork()
    if not other:
        write_on(path, hold, gap, ACTS * 0.035)
        os._exit(0)
    found = []
    for _act in range(ACTS):
        time.sleep(0.03)
        began = time.perf_counter()
        with transaction.atomic(engine):
            found.append((time.perf_counter() - began) * 1000)
            connections[engine].cursor().execute("INSERT INTO line VALUES (2)")
    os.waitpid(other, 0)
    return sorted(found)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "writers.sqlite3"
        sqlite3.connect(path).executescript("PRAGMA journal_mode=WAL; CREATE TABLE line (number)")
        options = {"timeout": 20, "init_command": "PRAGMA synchronous=NORMAL"}
        databases = {name: {"ENGINE": engine, "NAME": path, "OPTIONS": {**options}} for name, engine in ENGINES.items()}
        databases["SQLite's wait"]["OPTIONS"]["transaction_mode"] = "IMMEDIATE"
        settings.configure(DATABASES={**databases, "default": databases["ours"]})
        django.setup()
        for hold, gap in HOLDS:
            print(f"beside transactions of {hold * 1000:.0f} ms, {gap * 1000:.0f} ms apart:")
            for name in ENGINES:
                found = waits(name, path, hold, gap)
                p95 = found[int(len(found) * 0.95)]
                print(f"  {name:14} p50 {found[len(found) // 2]:6.1f}  p95 {p95:6.1f}  longest {found[-1]:7.1f} ms")


if __name__ == "__main__":
    main()

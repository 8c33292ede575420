"""A shop with 100,000 tickets is backed up while somebody writes, and restored into an empty place.

python tests/soak_backup.py --tickets 100000 --files 500
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from houses import House
from test_restore import keep

BENCH = Path(__file__).resolve().parents[1] / "bench" / "seed.py"
FILE = 2_000_000
STALL, RESTORE = 0.5, 15 * 60


class Writer(threading.Thread):
    """Commits a row after another into a table of its own, by a connection of its own; how long the longest took."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self.house, self.over = house, threading.Event()
        self.longest, self.count = 0.0, 0

    def run(self) -> None:
        connection = self.connected()
        connection.execute("CREATE TABLE IF NOT EXISTS soak_written (n integer)")
        while not self.over.is_set():
            began = time.monotonic()
            connection.execute("INSERT INTO soak_written VALUES (1)")
            self.longest = max(self.longest, time.monotonic() - began)
            self.count += 1
            time.sleep(0.01)
        connection.execute("DROP TABLE soak_written")
        connection.close()

    def connected(self) -> Any:
        """Each statement is a transaction."""
        if self.house.url:
            import psycopg

            return psycopg.connect(self.house.url, autocommit=True)
        import sqlite3

        return sqlite3.connect(self.house.data / "mainspring.sqlite3", isolation_level=None, timeout=30)


def timed(house: House, *words: str) -> float:
    began = time.monotonic()
    print("  " + house.run(*words).strip().splitlines()[-1 if words[0] == "backup" else 0])
    return time.monotonic() - began


def soak(tickets: int, files: int, folder: Path) -> list[str]:
    """What was not as promised; empty when all was."""
    house = House.build(folder / "house")
    house.give_secret_key()
    house.run("migrate", "--verbosity", "0")
    began = time.monotonic()
    subprocess.run([sys.executable, str(BENCH), str(tickets)], env=house.environment, check=True)
    house.run("shell", "-c", "from mainspring.core.keyring import make_first; make_first()")
    for number in range(files):
        keep(house, random.Random(number).randbytes(FILE))
    print(f"  seeded in {time.monotonic() - began:.0f} s; {files} files of {FILE:,} bytes")
    archive = folder / "soak.backup"
    writer = Writer(house)
    writer.start()
    time.sleep(1)
    before = writer.count
    made = timed(house, "backup", "--to", str(archive))
    written, longest = writer.count - before, writer.longest
    writer.over.set()
    writer.join()
    empty = House.build(folder / "empty")
    (empty.data / "master.key").write_bytes((house.data / "master.key").read_bytes())
    empty.give_secret_key()
    restored = timed(empty, "restore", str(archive))
    print(
        f"{'PostgreSQL' if house.url else 'SQLite'}, {tickets:,} tickets: backup {made:.0f} s, "
        f"{archive.stat().st_size / 1e6:.0f} MB; {written} writes meanwhile, the longest {longest * 1000:.0f} ms; "
        f"restored and compared in {restored:.0f} s"
    )
    faults = {
        "nothing was written meanwhile": written < 20,
        f"somebody who wrote waited {longest:.2f} s": longest > STALL,
        f"restoring took {restored:.0f} s": restored > RESTORE,
        "the files are not the same": empty.files() != house.files(),
    }
    return [fault for fault, is_true in faults.items() if is_true]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=250)
    given = parser.parse_args()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    with tempfile.TemporaryDirectory(prefix="soak-backup-") as folder:
        faults = soak(given.tickets, given.files, Path(folder))
    print("\n".join(faults) or "Restored whole; nobody waited.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())

"""An empty database with all tables, made once and copied: migrating takes seconds, and a run needs a dozen of them."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "migrated"


@cache
def fingerprint() -> str:
    """Of whatever decides how the tables look."""
    sources = sorted(ROOT.glob("src/mainspring/*/migrations/*.py"))
    decisive = [*sources, ROOT / "src/mainspring/core/frozen.py", ROOT / "requirements.lock"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in decisive)).hexdigest()[:16]


def copy_file(to: Path) -> None:
    """A migrated SQLite database at this path, in place of what was there."""
    made = FOLDER / f"{fingerprint()}.sqlite3"
    with alone():
        if not made.exists():
            house = FOLDER / "house"
            shutil.rmtree(house, ignore_errors=True)
            migrate({"MAINSPRING_DATA": str(house)}, without="DATABASE_URL")
            (house / "mainspring.sqlite3").rename(made)
    for beside in ("-wal", "-shm"):
        Path(f"{to}{beside}").unlink(missing_ok=True)
    shutil.copyfile(made, to)


def copy_database(name: str, server: str) -> None:
    """A migrated PostgreSQL database of this name beside the one of the address, in place of what was there."""
    made = f"migrated_{fingerprint()}"
    with alone(), psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [made]).fetchone():
            connection.execute(f'CREATE DATABASE "{made}_half"')
            migrate({"DATABASE_URL": f"{server.rpartition('/')[0]}/{made}_half"})
            connection.execute(f'ALTER DATABASE "{made}_half" RENAME TO "{made}"')
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{made}"')


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time makes or copies."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(place: dict[str, str], without: str = "") -> None:
    """Django's own command, on the database that this part of the environment names."""
    ours = {name: value for name, value in os.environ.items() if name != without}
    settings = {"DJANGO_SETTINGS_MODULE": "mainspring.config.settings", "SECRET_KEY": "only for tests"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, env={**ours, **settings, **place}, check=True)

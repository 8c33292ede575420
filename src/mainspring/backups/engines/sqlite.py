"""SQLite: `VACUUM INTO` takes the picture in one go, and a file that is renamed puts it back."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections
from django.utils.translation import gettext as _

from mainspring.backups.engines.base import Engine, Room, Undo
from mainspring.backups.manifest import Sums
from mainspring.backups.sealed import Unfit

BATCH = 1000
BESIDE = ("", "-wal", "-shm")
"""What belongs to a database on the disk: the log and its index must never meet another database."""


def place() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


class SQLite(Engine):
    """One file, read while others write: readers of a write-ahead log stop nobody."""

    name = "sqlite"

    def version(self) -> str:
        return sqlite3.sqlite_version

    def is_there(self) -> bool:
        return place().exists()

    def snapshot(self, into: Path) -> Sums:
        """Never in steps: a stepped copy begins anew with each write of another, and may never end."""
        with closing(sqlite3.connect(place(), timeout=60, isolation_level=None)) as live:
            live.execute("VACUUM INTO ?", [str(into)])
        into.chmod(0o600)
        return sums_of(into)

    @contextmanager
    def room(self, dump: Path, folder: Path) -> Iterator[Room]:
        path = folder / "mainspring.sqlite3"
        dump.rename(path)
        try:
            with closing(sqlite3.connect(path)) as opened:
                sound = str(opened.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.DatabaseError as error:
            sound = str(error)
        if sound != "ok":
            raise Unfit(_("The database in the archive is damaged: %(why)s.") % {"why": sound})
        yield FileRoom(path)


class FileRoom(Room):
    """A file beside the house's own."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        self.gone: list[Path] = []

    def sums(self) -> Sums:
        return sums_of(self.path)

    def environment(self) -> dict[str, str]:
        return {"MAINSPRING_DATA": str(self.path.parent)}

    def move_in(self, aside: Path) -> Undo:
        connections.close_all()
        own = place()
        moved = [(own.with_name(own.name + end), aside / (own.name + end)) for end in BESIDE]

        def undo() -> None:
            for old, kept in moved:
                if kept.exists():
                    kept.replace(old)

        try:
            for old, kept in moved:
                if old.exists():
                    old.rename(kept)
            own.parent.mkdir(parents=True, exist_ok=True)
            self.path.replace(own)
        except BaseException:
            undo()
            raise
        self.gone = [kept for _old, kept in moved]
        return undo

    def forget_the_old(self) -> None:
        for path in self.gone:
            path.unlink(missing_ok=True)


def sums_of(path: Path) -> Sums:
    """Every table that holds something, those of the search index included, and the triggers that guard them."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
        opened.text_factory = bytes
        tables = opened.execute("PRAGMA table_list").fetchall()
        found = {
            name.decode(): _sum(opened, name.decode(), has_rowid=not without)
            for schema, name, kind, _columns, without, _strict in tables
            if schema == b"main" and kind in (b"table", b"shadow") and not name.startswith(b"sqlite_")
        }
        schema_sql = "SELECT quote(type) || quote(name) || quote(sql) FROM sqlite_schema ORDER BY type, name"
        found["sqlite_schema"] = _hashed(opened.execute(schema_sql))
    return found


def _sum(opened: sqlite3.Connection, table: str, *, has_rowid: bool) -> tuple[int, str]:
    columns = [(row[1].decode(), row[5]) for row in opened.execute(f"PRAGMA table_info({_quoted(table)})")]
    key = [_quoted(name) for name, place_in_key in sorted(columns, key=lambda row: row[1]) if place_in_key]
    order = "rowid" if has_rowid else ", ".join(key)
    values = " || ',' || ".join(f"quote({_quoted(name)})" for name, _place in columns)
    rows = f"SELECT {values} FROM {_quoted(table)} ORDER BY {order}"  # noqa: S608 (each name is quoted)
    return _hashed(opened.execute(rows))


def _quoted(name: str) -> str:
    """A name as SQL takes it, whatever it is: not all tables are ours."""
    return '"' + name.replace('"', '""') + '"'


def _hashed(rows: sqlite3.Cursor) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    while batch := rows.fetchmany(BATCH):
        digest.update(b"\n".join(row[0] for row in batch) + b"\n")
        count += len(batch)
    return count, digest.hexdigest()

"""PostgreSQL: pg_dump under a snapshot that we look through too, and databases that are renamed put it back."""

import hashlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection, connections
from django.utils.translation import gettext as _
from psycopg.sql import SQL, Composable, Identifier

from mainspring.backups.engines.base import Engine, Room, Undo
from mainspring.backups.manifest import Sums
from mainspring.backups.sealed import Unfit

PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt")
SHOWN_ALIKE = (
    "SET datestyle = 'ISO, YMD'", "SET timezone = 'UTC'", "SET extra_float_digits = 1", "SET bytea_output = 'hex'",
    "SET intervalstyle = 'postgres'", "SET search_path = 'public'",
)  # fmt: skip
"""What decides how a value is written; so it is written the same today and after a restore."""
TABLES = (
    "SELECT c.relname, array_remove(array_agg(a.attname::text ORDER BY array_position(i.indkey, a.attnum)), NULL)"
    " FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname ORDER BY c.relname"
)
"""Each with the columns of its key; none has a table that somebody else put there without one."""
ROWS, BY_ITSELF = SQL("SELECT one_row_::text FROM {} AS one_row_ ORDER BY {}"), SQL('one_row_::text COLLATE "C"')
GUARDS = SQL(
    "SELECT told FROM ("
    " SELECT concat_ws(' ', tgrelid::regclass, tgname, tgfoid::regproc, tgtype, tgenabled) AS told"
    " FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, contype, convalidated) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace"
    " UNION ALL SELECT concat_ws(' ', tablename, indexname) FROM pg_indexes WHERE schemaname = 'public'"
    ') AS guards ORDER BY told COLLATE "C"'
)
"""By name and kind: the text of a condition is told in other words once it was read back."""


class PostgreSQL(Engine):
    """A server. Its own tools of its own version make and restore the dump."""

    name = "postgresql"

    def version(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0])

    def is_there(self) -> bool:
        return True

    def snapshot(self, into: Path) -> Sums:
        with closing(connected()) as live:
            live.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            moment = live.execute("SELECT pg_export_snapshot()").fetchone()[0]
            run("pg_dump", "--format=custom", "--compress=0", f"--snapshot={moment}", f"--file={into}")
            into.chmod(0o600)
            return _sums(live)

    @contextmanager
    def room(self, dump: Path, folder: Path) -> Iterator[Room]:
        """A new database on the same server. Raises Unfit when the role may not make one."""
        made = ServerRoom(f"{database()[:40]}_{secrets.token_hex(4)}")
        try:
            _admin(f"CREATE DATABASE \"{made.name}\" TEMPLATE template0 ENCODING 'UTF8'")
        except Exception as error:
            says = _("The role %(role)s may not make a database: %(why)s Run: ALTER ROLE %(role)s CREATEDB")
            told = {"role": connection.settings_dict["USER"] or "?", "why": str(error).strip()}
            raise Unfit(says % told) from error
        try:
            run(
                "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
                f"--dbname={made.name}", str(dump), to=made.name,
            )  # fmt: skip
            dump.unlink()
            yield made
        finally:
            made.leave()


class ServerRoom(Room):
    """A database beside the house's own, on the same server."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.own = database()
        self.old = ""

    def sums(self) -> Sums:
        with closing(connected(self.name)) as opened:
            return _sums(opened)

    def environment(self) -> dict[str, str]:
        told = connection.settings_dict
        at = f"{quote(told['USER'] or '', safe='')}:{quote(told['PASSWORD'] or '', safe='')}@"
        host, port = told["HOST"] or "localhost", told["PORT"] or 5432
        options = {key: value for key, value in (told.get("OPTIONS") or {}).items() if isinstance(value, str)}
        return {"DATABASE_URL": f"postgres://{at}{host}:{port}/{quote(self.name)}?{urlencode(options)}"}

    def move_in(self, aside: Path) -> Undo:
        connections.close_all()
        self.old = f"{self.own[:40]}_before_{secrets.token_hex(4)}"
        _swap(self.own, self.old, self.name)
        self.name = ""

        def undo() -> None:
            connections.close_all()
            self.name = f"{self.own[:40]}_{secrets.token_hex(4)}"
            _swap(self.own, self.name, self.old)
            self.old = ""

        return undo

    def forget_the_old(self) -> None:
        if self.old:
            _admin(f'DROP DATABASE IF EXISTS "{self.old}"')

    def leave(self) -> None:
        if self.name:
            with suppress(Exception):
                _admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def database() -> str:
    return str(connection.settings_dict["NAME"])


def connected(name: str = "") -> Any:
    """A connection of our own, outside Django's transactions."""
    import psycopg

    told = connection.settings_dict
    options: dict[str, Any] = {key: value for key, value in told["OPTIONS"].items() if isinstance(value, str)}
    return psycopg.connect(
        dbname=name or database(),
        user=told["USER"] or None,
        password=told["PASSWORD"] or None,
        host=told["HOST"] or None,
        port=told["PORT"] or None,
        autocommit=True,
        **options,
    )


def run(tool: str, *words: str, to: str = "") -> None:
    """One of PostgreSQL's own programs, of the server's version. Raises Unfit with what it said."""
    told = connection.settings_dict
    options = told.get("OPTIONS") or {}
    environment = {
        "PGHOST": told["HOST"], "PGPORT": told["PORT"], "PGUSER": told["USER"], "PGPASSWORD": told["PASSWORD"],
        "PGDATABASE": to or database(), "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }  # fmt: skip
    known = {name: str(value) for name, value in environment.items() if value}
    done = subprocess.run(  # noqa: S603 (a program of PostgreSQL, no shell)
        [program(tool), *words], env={**os.environ, **known}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unfit(_("%(tool)s failed: %(why)s") % {"tool": tool, "why": done.stderr.strip()[-500:]})


def program(tool: str) -> str:
    """The program of the server's major version. Raises Unfit when it is not installed."""
    with closing(connected()) as live:
        wanted = live.info.server_version // 10000
    beside = [Path(place) / str(wanted) / "bin" / tool for place in PLACES]
    for path in [str(one) for one in beside if one.exists()] + [str(found) for found in [shutil.which(tool)] if found]:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        found = re.search(r"(\d+)\.", said)
        if found and int(found[1]) == wanted:
            return path
    says = _("%(tool)s of PostgreSQL %(version)d is missing. On Debian: apt-get install postgresql-client-%(version)d")
    raise Unfit(says % {"tool": tool, "version": wanted})


def _sums(opened: Any) -> Sums:
    """Every table, and the triggers, constraints and indexes that guard them."""
    for setting in SHOWN_ALIKE:
        opened.execute(setting)
    found = {name: _hashed(opened, _rows(name, key)) for name, key in opened.execute(TABLES).fetchall()}
    found["schema"] = _hashed(opened, GUARDS)
    return found


def _rows(table: str, key: list[str]) -> Composable:
    """All rows of a table as text, in the order of its key."""
    return ROWS.format(Identifier(table), SQL(", ").join(map(Identifier, key)) if key else BY_ITSELF)


def _hashed(opened: Any, query: Composable) -> tuple[int, str]:
    digest = hashlib.sha256()
    with opened.cursor() as cursor:
        with cursor.copy(SQL("COPY ({}) TO STDOUT").format(query)) as copied:
            for part in copied:
                digest.update(part)
        return int(cursor.rowcount), digest.hexdigest()


def _admin(*statements: str) -> None:
    """Statements about whole databases, said from another one."""
    with closing(connected("postgres")) as server:
        for statement in statements:
            server.execute(statement)


def _swap(own: str, old: str, new: str) -> None:
    """`own` becomes `old`, and `new` becomes `own`; nobody is connected meanwhile."""
    away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
    with closing(connected("postgres")) as server:
        server.execute(away.format(own))
        server.execute("BEGIN")
        server.execute(f'ALTER DATABASE "{own}" RENAME TO "{old}"')
        server.execute(f'ALTER DATABASE "{new}" RENAME TO "{own}"')
        server.execute("COMMIT")

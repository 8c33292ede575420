"""Whole installations beside each other, each with its own data and database, driven by the `mainspring` command."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import migrated

COMMAND = Path(sys.executable).with_name("mainspring")


@dataclass(frozen=True)
class House:
    """One installation: a folder, and on PostgreSQL a database of its own."""

    data: Path
    url: str

    @classmethod
    def build(cls, data: Path) -> "House":
        """An empty place."""
        data.mkdir(parents=True)
        return cls(data, _fresh_database())

    def with_tables(self) -> Self:
        """The empty place, which need not make its tables."""
        if self.url:
            migrated.copy_database(self.url.rpartition("/")[2], os.environ["DATABASE_URL"])
        else:
            migrated.copy_file(self.data / "mainspring.sqlite3")
        return self

    @property
    def environment(self) -> dict[str, str]:
        drop = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DATABASE_URL", "MAINSPRING_DATA", "MAINSPRING_TEST_DATABASE"}
        kept = {name: value for name, value in os.environ.items() if name not in drop}
        there = {"DATABASE_URL": self.url, "SECRET_KEY_FILE": str(self.data / "secret_key")} if self.url else {}
        return {**kept, "MAINSPRING_DATA": str(self.data), "LOG_LEVEL": "ERROR", **there}

    def run(self, *words: str, fails: bool = False) -> str:
        """What the command said; it must end well, or as one that `fails` with something else than a fault of ours."""
        done = subprocess.run(
            [str(COMMAND), *words], env=self.environment, capture_output=True, text=True, timeout=1800, check=False
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        assert "Traceback" not in said, said
        return said

    def give_secret_key(self) -> None:
        """Servers with PostgreSQL don't make their key themselves."""
        if self.url and not (self.data / "secret_key").exists():
            (self.data / "secret_key").write_text(secrets.token_urlsafe(50))
            (self.data / "secret_key").chmod(0o600)

    def dump(self) -> str:
        """Everything in the database, as text that another hand than ours writes.

        PostgreSQL's without the lines that it words differently each time it has read them: conditions, and its mark.
        """
        if self.url:
            dump = ["pg_dump", "--no-owner", self.url]
            told = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
            return "\n".join(line for line in told if "::character varying" not in line and "restrict " not in line)
        script = (  # rows in their order; what guards them by name, since a vacuum puts it in another order
            "import sqlite3, sys; told = list(sqlite3.connect(sys.argv[1]).iterdump());"
            "rows = [one for one in told if one.startswith('INSERT')];"
            "print('\\n'.join(rows + sorted(set(told) - set(rows))))"
        )
        return subprocess.run(
            [sys.executable, "-c", script, str(self.data / "mainspring.sqlite3")],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def files(self) -> dict[str, bytes]:
        folder = self.data / "files"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _fresh_database() -> str:
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        return ""
    import psycopg

    name = f"house_{secrets.token_hex(4)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{given.rpartition('/')[0]}/{name}"

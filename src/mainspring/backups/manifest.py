"""What an archive says of itself: at its start what it is of, at its end what must be in it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

Sums = dict[str, tuple[int, str]]
"""Of each table how many rows it has, and the SHA-256 over them in the order of their keys."""


@dataclass(frozen=True)
class About:
    """Whose the archive is, and what can read it. The first thing in it."""

    shop_id: str
    shop_name: str
    product: str
    engine: str
    engine_version: str
    migrations: list[str]
    made_at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, told: bytes) -> "About":
        return cls(**json.loads(told))


@dataclass(frozen=True)
class Manifest:
    """What is in the archive, told at its end: nothing of it counts before this was read and agrees."""

    database: tuple[int, str]
    """Bytes and SHA-256 of the engine's dump."""
    tables: Sums
    files: tuple[int, int, str]
    """How many there are, their bytes, and the SHA-256 over the list of all of them."""
    start: dict[str, str] = field(default_factory=dict)
    """SHA-256 of what the house needs to start."""

    @property
    def rows(self) -> int:
        return sum(rows for rows, _sha256 in self.tables.values())

    def as_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, told: bytes) -> "Manifest":
        known: dict[str, Any] = json.loads(told)
        tables = {name: (int(rows), str(sha256)) for name, (rows, sha256) in known["tables"].items()}
        size, sha256 = known["database"]
        count, total, listed = known["files"]
        return cls((size, sha256), tables, (count, total, listed), dict(known["start"]))


class Listing:
    """The list of all files, as one hash: of each its name, size and SHA-256, in order."""

    def __init__(self) -> None:
        self._digest, self.count, self.bytes = hashlib.sha256(), 0, 0

    def add(self, name: str, size: int, sha256: str) -> None:
        self._digest.update(f"{name} {size} {sha256}\n".encode())
        self.count += 1
        self.bytes += size

    @property
    def total(self) -> tuple[int, int, str]:
        return self.count, self.bytes, self._digest.hexdigest()


def differing(expected: Mapping[str, tuple[int, str]], found: Mapping[str, tuple[int, str]]) -> list[str]:
    """The tables that are not the same, each with the rows of either side."""
    return [
        f"{name}: {expected.get(name, (0, ''))[0]} rows expected, {found.get(name, (0, ''))[0]} found"
        if expected.get(name, (0, ""))[0] != found.get(name, (0, ""))[0]
        else f"{name}: other content"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]

"""The form of an event that is hashed, the same on SQLite and PostgreSQL, and the mark that says we wrote it.

An event has a core that stays for ever (what kind of thing happened to which row, when, by whose number) and details
that may have to be forgotten: names, addresses, words. The core goes into the chain as it is; of the details only the
digest under a random salt. Without the salt, which goes with them, nobody can tell any more what they were, and the
chain still holds.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

SALT, MAC = 16, 16
"""Bytes of the two halves of a mark."""


class Row(NamedTuple):
    """An event as the database has it: times and JSON as text."""

    id: int
    kind: str
    subject: str
    stream: str
    actor: str
    at: str
    actor_name: str
    origin: str
    data: str
    mark: str | None

    @property
    def is_blank(self) -> bool:
        """Whether its details were forgotten."""
        return self.mark is None and self.actor_name == self.origin == "" and self.data == "{}"


COLUMNS = {
    "sqlite": "e.id, e.kind, e.subject, e.stream, e.actor, e.at || '', e.actor_name, e.origin, e.data, e.mark",
    "postgresql": "e.id, e.kind, e.subject, e.stream, e.actor, "
    "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), e.actor_name, e.origin, e.data::text, e.mark",
}
"""What to select of `events_event e` for a Row."""


def core_of(row: Row) -> bytes:
    """What stays for ever. Its number comes with its place in the chain: when the mark is made there is none yet."""
    at = row.at if len(row.at) > 19 else f"{row.at}.000000"
    return json.dumps([row.kind, row.subject, row.stream, row.actor, at]).encode()


def details_of(row: Row) -> bytes:
    """The digest of what may be forgotten, under the salt of the row."""
    salt = bytes.fromhex(row.mark[: 2 * SALT]) if row.mark else b""
    told = WRITER.encode([row.actor_name, row.origin, READER.decode(row.data)])
    return hashlib.sha256(salt + told.encode()).digest()


def new_mark(row: Row) -> str:
    """A salt, and the keyed hash by which we know our own: hexadecimal, 64 letters."""
    salted = row._replace(mark=secrets.token_hex(SALT))
    return f"{salted.mark}{_mac(salted, details_of(salted), settings.SECRET_KEY)}"


def is_ours(row: Row, details: bytes) -> bool:
    """Whether the row is as somebody who has our key wrote it."""
    mac = (row.mark or "")[2 * SALT :]
    return any(hmac.compare_digest(_mac(row, details, key), mac) for key in keys())


def keys() -> Iterable[str]:
    """The secret key, and those from before, by which old signatures are still known."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def stored_time(at: datetime) -> str:
    """A moment as `COLUMNS` gives it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _mac(row: Row, details: bytes, key: str) -> str:
    salt = (row.mark or "")[: 2 * SALT].encode()
    told = salt + core_of(row) + details
    return hmac.digest(b"mainspring audit\0" + key.encode(), told, "sha256")[:MAC].hex()


def _number(text: str) -> int | float:
    """PostgreSQL writes 1e2 as 100; both are this."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


READER, WRITER = json.JSONDecoder(parse_float=_number), json.JSONEncoder(sort_keys=True)

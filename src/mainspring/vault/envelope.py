"""The envelope: what is secret is locked under a data key of its own row, the data key under a master key.

Every lock is bound to where it stands, by associated data: table, column, row, whose it is, version, and for the data
key the master key too. Bytes that were moved to another row, another column or another customer, that are of an
earlier version or were touched at all, open nothing (RELIABILITY 71). A master key is changed by wrapping the data
keys anew; what is locked under them is not touched.
"""

import json
import os
from dataclasses import dataclass, field

from django.views.decorators.debug import sensitive_variables

from mainspring.core.keyring import LENGTH, MasterKey, derive, keyring
from mainspring.core.sealing import lock, unlock

PURPOSE = "vault"
KEY_COLUMN = "wrapped"


@dataclass(frozen=True)
class Place:
    """Where something locked stands: its table and row, whose it is (`contact:5`), which version of the row."""

    table: str
    row: int
    home: str
    version: int

    def context(self, column: str, *more: str) -> bytes:
        return json.dumps([self.table, column, self.row, self.home, self.version, *more]).encode()


@dataclass(frozen=True)
class Wrapped:
    """A data key as the row keeps it: under which master key, and the bytes."""

    key_id: str
    data: bytes

    def open(self, place: Place) -> "DataKey":
        """Raises NoKey when the master key is not here, Broken when the bytes are not those of this place."""
        return DataKey(place, _unwrap(self, place))

    def anew(self, place: Place) -> "Wrapped":
        """The same data key under the current master key."""
        return _wrap(_unwrap(self, place), place)


@dataclass(frozen=True)
class DataKey:
    """The key of one version of one row."""

    place: Place
    secret: bytes = field(repr=False)

    @classmethod
    def make(cls, place: Place) -> "DataKey":
        return cls(place, os.urandom(LENGTH))

    def wrapped(self) -> Wrapped:
        """Under the current master key. Raises NoKey."""
        return _wrap(self.secret, self.place)

    def lock(self, column: str, plain: bytes) -> bytes:
        return lock(self.secret, plain, self.place.context(column))

    def unlock(self, column: str, locked: bytes) -> bytes:
        """Raises Broken."""
        return unlock(self.secret, locked, self.place.context(column))


@sensitive_variables()
def _wrap(secret: bytes, place: Place) -> Wrapped:
    master = keyring().current
    return Wrapped(master.id, lock(_vault_key(master), secret, place.context(KEY_COLUMN, master.id)))


@sensitive_variables()
def _unwrap(wrapped: Wrapped, place: Place) -> bytes:
    master = keyring().get(wrapped.key_id)
    return unlock(_vault_key(master), wrapped.data, place.context(KEY_COLUMN, master.id))


def _vault_key(master: MasterKey) -> bytes:
    return derive(master, PURPOSE)

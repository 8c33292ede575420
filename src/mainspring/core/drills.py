"""What a restored backup must still be able to do: each module proves it of its own things, in a copy of no use.

`@drill(_("Signing in"), order=10)` in a module's `drills.py`, over a function that does it and says what it did, in a
sentence. It runs on the copy alone: whatever it changes is gone after, and what it raises fails the backup.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from mainspring.core.health import Words

log = logging.getLogger(__name__)

Proof = Callable[[], str]

_proofs: list[tuple[int, Words, Proof]] = []


@dataclass(frozen=True)
class Proven:
    """How one drill went: whether it worked, and what it did or what went wrong."""

    name: str
    works: bool
    says: str


def drill(name: Words, *, order: int) -> Callable[[Proof], Proof]:
    """Join the nightly drill. Orders: accounts 10, files 20, billing 40, vault 50."""

    def join(proof: Proof) -> Proof:
        _proofs.append((order, name, proof))
        _proofs.sort(key=lambda row: row[0])
        return proof

    return join


def run_drills() -> list[Proven]:
    """Do everything that a shop must be able to do, in this place."""
    return [_tried(str(name), proof) for _order, name, proof in _proofs]


def _tried(name: str, proof: Proof) -> Proven:
    try:
        return Proven(name, True, proof())
    except Exception as error:
        log.exception("The drill %s failed", name)
        return Proven(name, False, f"{type(error).__name__}: {error}"[:500])

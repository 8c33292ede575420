"""Who asks: what a bearer string gives, by whichever module knows that kind of string."""

from dataclasses import dataclass
from typing import Any

from mainspring.core.slots import Slot

EVERYTHING = "*"
"""The scope of a token that may whatever its owner may."""


@dataclass(frozen=True)
class Grant:
    """A caller and what his token lets through: never more than he may himself at this moment."""

    caller: Any
    """A person: of the staff, or a customer."""
    is_customer: bool
    scopes: frozenset[str]
    key: str
    """What his requests are counted under: one token, one count."""
    per_minute: int

    @property
    def holder(self) -> str:
        return str(self.caller.actor_key)

    def reaches(self, scope: str) -> bool:
        return EVERYTHING in self.scopes or scope in self.scopes


SCOPES: dict[str, str] = {}
"""Every scope there is, with the heading it stands under; a module's doors bring theirs."""
CUSTOMERS_SCOPES: set[str] = set()
"""Those of them that open something to a customer."""

bearers: Slot[[str], Grant] = Slot()
"""Fillers turn a bearer string into a Grant; None for a string that is not theirs, or no good any more."""


def granted(bearer: str) -> Grant | None:
    found = bearers.fill(bearer) if 10 < len(bearer) < 4000 and bearer.isascii() else []
    return found[0] if found else None

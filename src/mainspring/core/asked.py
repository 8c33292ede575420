"""What addresses and forms carry, as far as a column of either engine holds it."""

LONGEST = 17
"""So many digits fit into every whole column."""


def whole(text: str | None) -> int | None:
    """The number that is written there, in the digits of any script; None for anything else, and for one too long.

    `isdecimal`, not `isdigit`: that one also takes ², which is no number.
    """
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST else None


def row_key(text: str | None) -> int:
    """The key of a row that is written there; 0, which no row has, for anything else."""
    return whole(text) or 0


def clean(text: str | None, longest: int) -> str:
    """The words, without what surrounds them and without NUL, which PostgreSQL keeps in no text; cut where they end."""
    return (text or "").replace("\x00", "").strip()[:longest]

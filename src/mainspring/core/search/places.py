"""Where a document stands in the index: one number for kind and id, so that a kind is a range and newer is higher."""

import hashlib

ID_BITS = 40
KIND_BITS = 22
ID_MASK = (1 << ID_BITS) - 1
_kinds: dict[int, str] = {}


def place_of(kind: str, id: int) -> int:
    if not 0 <= id < 1 << ID_BITS:
        raise ValueError(f"No place in the index for the id {id}.")
    return _number_of(kind) << ID_BITS | id


def places_of(kind: str) -> range:
    """Every place of a kind."""
    first = place_of(kind, 0)
    return range(first, first + (1 << ID_BITS))


def object_id(place: int) -> int:
    return place & ID_MASK


def _number_of(kind: str) -> int:
    """The same number for a kind in every process. Two kinds of one number are refused (they'd be mixed up)."""
    number = int.from_bytes(hashlib.sha256(kind.encode()).digest()[:4], "big") >> (32 - KIND_BITS)
    if _kinds.setdefault(number, kind) != kind:
        raise ValueError(f"The kinds {kind!r} and {_kinds[number]!r} collide in the search index: rename one.")
    return number

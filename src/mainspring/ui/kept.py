"""What is drawn once and kept: pieces of pages that come out of nothing but plain words, numbers and the language.

A list has fifty rows, and most of them are as they were a minute ago; a page has forty buttons, always the same. To
draw them is most of a page's time. Nothing here can grow stale: whatever a piece shows is part of its key.
"""

from collections.abc import Callable
from functools import lru_cache
from types import NoneType
from typing import Any

from markupsafe import Markup

from mainspring.ui.here import here

MOST = 8192
"""Pieces kept of each kind; a row of the ticket list has 2 kB."""

PLAIN = frozenset({str, Markup, int, bool, NoneType})
"""What can be part of a key: it never changes, and is equal only to what is drawn alike."""


def kept(draw: Callable[..., Markup], most: int = MOST) -> Callable[..., Markup]:
    """The same function, which keeps what it drew of plain arguments, by language and surface. Others are drawn anew.

    `draw` may depend on these alone: not on the time, on a person or on the database.
    """

    @lru_cache(most, typed=True)  # typed: a text and the same text as markup are equal, and drawn differently
    def drawn(_language: str, _routes: Any, *given: object, **named: object) -> Markup:
        return draw(*given, **named)

    def keeping(*given: object, **named: object) -> Markup:
        if PLAIN.issuperset(map(type, given)) and PLAIN.issuperset(map(type, named.values())):
            place = here()
            return drawn(place.language, place.routes, *given, **named)
        else:
            return draw(*given, **named)

    return keeping

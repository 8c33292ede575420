"""The part of a text where the searched words stand."""

import re
from dataclasses import dataclass

from mainspring.core.search.folding import fold, plain_words, without_prefixes
from mainspring.core.search.query import LONGEST_QUERY

_WORD = re.compile(r"[^\W_]+(?:['’`\"״׳][^\W_]+)*")


@dataclass(frozen=True)
class Piece:
    """Some text, and whether it is what was searched for."""

    text: str
    is_match: bool


def excerpt(text: str, words: str, *, length: int = 160) -> list[Piece]:
    """About `length` characters around the first match, in pieces, for a template to mark. Plain text, not escaped."""
    wanted = tuple(plain_words(fold(words[:LONGEST_QUERY])))
    matches = [found for found in _WORD.finditer(text[:20_000]) if wanted and _is_wanted(found[0], wanted)]
    start = max(0, matches[0].start() - length // 3) if matches else 0
    if start:
        start = text.rfind(" ", 0, start) + 1
    end = start + length
    pieces = []
    for found in matches:
        if start <= found.start() and found.end() <= end:
            pieces += [Piece(text[start : found.start()], False), Piece(found[0], True)]
            start = found.end()
    return [piece for piece in (*pieces, Piece(text[start:end], False)) if piece.text]


def _is_wanted(word: str, wanted: tuple[str, ...]) -> bool:
    folded = fold(word)
    return any(form.startswith(wanted) for form in (folded, *without_prefixes(folded)))

"""The header block of a message or part: read by hand, in one pass, whatever is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from . import budgets
from .encoded_words import decoded

_HEADER = re.compile(rb"((?!--)[!-9;-~]{1,200})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_BODY = re.compile(rb"\n\r?\n")
_END = re.compile(rb"\r?(?:\n|\Z)")
_ENVELOPE = re.compile(rb">?From [^\n]*(?:\n|\Z)")
_FOLD = re.compile(r"[\r\n]+")
_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True)
class Headers:
    """The headers in their order, as the bytes that came."""

    raw: tuple[tuple[str, bytes], ...]
    oddly_spelt: bool = False  # a name with blanks before its colon: some readers see it, some don't

    @cached_property
    def _by_name(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.raw:
            found.setdefault(name, []).append(value)
        return found

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._by_name

    def all(self, name: str) -> list[str]:
        """Every value of `name`, unfolded, not decoded."""
        return [_unfolded(value) for value in self._by_name.get(name.lower(), ())]

    def first(self, name: str) -> str:
        values = self._by_name.get(name.lower())
        return _unfolded(values[0]) if values else ""

    def text(self, name: str) -> str:
        """The first value of `name` as people read it: encoded words decoded, no control characters."""
        return _CONTROL.sub(" ", decoded(self.first(name)[: budgets.MAX_TEXT_HEADER])).strip()

    def names(self) -> Iterator[str]:
        yield from self._by_name


def read_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers that begin at `start`, and where the body begins. Header names come in lower case."""
    found: list[tuple[str, bytes]] = []
    odd = False
    envelope = _ENVELOPE.match(raw, start, end)
    at = envelope.end() if envelope else start
    while at < end and (header := _HEADER.match(raw, at, end)):
        at = header.end()
        odd = odd or raw[header.end(1) : header.end(1) + 1] != b":"
        found.append((header[1].decode("ascii").lower(), header[2]))
        if len(found) == budgets.MAX_HEADERS:
            body = _BODY.search(raw, at - 1, end)
            return Headers(tuple(found), odd), body.end() if body else end
    blank = _END.match(raw, at, end)
    return Headers(tuple(found), odd), blank.end() if blank else at


def _unfolded(value: bytes) -> str:
    text = value[: budgets.MAX_HEADER_LENGTH].replace(b"\0", b"")
    return _FOLD.sub("", text.decode("utf-8", "surrogateescape").strip())

"""The tree of MIME parts (RFC 2046), found in a single pass over the bytes.

The parsers at hand need time in the square of the depth, and stack frames too; this one keeps a list of the
open boundaries and looks up each line that begins with two dashes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import budgets
from .headers import Headers, read_headers
from .parameters import read_parameters

_DELIMITER = re.compile(rb"^--([^\r\n]{1,300})", re.MULTILINE)


@dataclass(eq=False)
class Part:
    """A message or a part of it: its headers and where in the raw bytes its body is."""

    headers: Headers
    raw: bytes = field(repr=False)
    start: int
    end: int
    type: str
    parameters: dict[str, str]
    children: list["Part"] = field(default_factory=list, repr=False)

    @property
    def body(self) -> bytes:
        """The body as it came, still in its transfer encoding."""
        return self.raw[self.start : self.end]

    def leaves(self) -> Iterator["Part"]:
        """The parts that hold something, in their order."""
        if self.children:
            for child in self.children:
                yield from child.leaves()
        else:
            yield self


def read_structure(raw: bytes) -> Part:
    """The tree of `raw`. Raises Unreadable when it is larger, deeper or wider than our budgets."""
    if len(raw) > budgets.MAX_BYTES:
        raise budgets.Unreadable(f"The message has {len(raw):,} bytes; we read {budgets.MAX_BYTES:,}.")
    root = _part(raw, 0, "text/plain")
    open_parts = [root] if _boundary(root) else []
    last, count, at, lines = root, 1, root.start, _lines(open_parts)
    while open_parts and (line := _DELIMITER.search(raw, at)):
        at = line.end()
        level, is_closing = lines.get(line[1].rstrip(), (-1, False))
        if level >= 0:
            _close([*open_parts[level + 1 :], last], _before(raw, line.start()))
            del open_parts[level if is_closing else level + 1 :]
            if not is_closing:
                count += 1
                last = _next_part(raw, at, open_parts[-1])
                at = last.start
                if _boundary(last):
                    open_parts.append(last)
                _refuse_excess(count, len(open_parts))
            lines = _lines(open_parts)
    _childless_as_text(root)
    return root


def _next_part(raw: bytes, at: int, parent: Part) -> Part:
    begin = raw.find(b"\n", at) + 1 or len(raw)
    default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
    part = _part(raw, begin, default)
    parent.children.append(part)
    return part


def _part(raw: bytes, start: int, default: str) -> Part:
    headers, body = read_headers(raw, start, len(raw))
    content_type, parameters = read_parameters(headers.first("content-type"))
    if content_type.count("/") != 1 or content_type.startswith("/") or content_type.endswith("/"):
        content_type = "text/plain" if content_type in ("text", "") and default == "text/plain" else default
    return Part(headers, raw, body, len(raw), content_type[:100], parameters)


def _boundary(part: Part) -> bytes:
    if part.type.startswith("multipart/"):
        return part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    else:
        return b""


def _lines(open_parts: list[Part]) -> dict[bytes, tuple[int, bool]]:
    """What each line after two dashes means: the level of the multipart, and whether it ends there."""
    closing = {_boundary(part) + b"--": (level, True) for level, part in enumerate(open_parts)}
    return closing | {_boundary(part): (level, False) for level, part in enumerate(open_parts)}


def _close(parts: list[Part], end: int) -> None:
    for part in parts:
        if part.end == len(part.raw):
            part.end = max(part.start, end)


def _before(raw: bytes, at: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    else:
        return at - 1 if raw[at - 1 : at] == b"\n" else at


def _refuse_excess(count: int, depth: int) -> None:
    if count > budgets.MAX_PARTS:
        raise budgets.Unreadable(f"The message has more than {budgets.MAX_PARTS:,} parts.")
    if depth > budgets.MAX_DEPTH:
        raise budgets.Unreadable(f"The parts of the message are nested deeper than {budgets.MAX_DEPTH} levels.")


def _childless_as_text(part: Part) -> None:
    if part.children:
        for child in part.children:
            _childless_as_text(child)
    elif part.type.startswith("multipart/"):
        part.type = "text/plain"

"""Values with parameters, like `Content-Type`: RFC 2231 and everything mailers do instead."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from .charsets import decode, printable
from .encoded_words import decoded

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))|;')
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?\Z")
_ESCAPED = re.compile(r"\\(.)")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; name="a.txt"` as ("text/plain", {"name": "a.txt"}); of equal names the first."""
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in _pairs(";" + rest):
        piece = _PIECE.match(name)
        if piece is None or not (piece[2] or piece[3]):
            plain.setdefault(name, _plain(text))
        else:
            pieces.setdefault(piece[1], {}).setdefault(int(piece[2] or 0), (text, bool(piece[3])))
    return main.strip().lower(), plain | {name: _assembled(found) for name, found in pieces.items()}


def _pairs(rest: str) -> Iterator[tuple[str, str]]:
    for found in _PARAMETER.finditer(rest):
        if found[1]:
            quoted = found[2]
            yield found[1].lower(), found[3].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)


def _plain(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return decoded(text) if "=?" in text else decode(raw)


def _assembled(pieces: dict[int, tuple[str, bool]]) -> str:
    charset, content = "", b""
    for number, (text, is_encoded) in sorted(pieces.items()):
        if is_encoded and number == min(pieces) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if is_encoded else raw
    joined = decode(content, charset)
    return decoded(joined) if "=?" in joined else printable(joined)

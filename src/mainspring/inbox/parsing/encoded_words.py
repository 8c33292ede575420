"""Encoded words in headers (RFC 2047), as really written: split characters, blanks inside, raw bytes."""

import binascii
import re
from itertools import groupby
from operator import itemgetter

from .charsets import decode

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,5000})\?=")
_BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?)")


def decoded(value: str) -> str:
    """`value` with its encoded words decoded; neighbours are joined first, as some mailers split letters."""
    pieces: list[tuple[str, bytes]] = []
    at = 0
    text = _BETWEEN.sub("", value)
    for word in _WORD.finditer(text):
        if word.start() > at:
            pieces.append(("", _as_bytes(text[at : word.start()])))
        charset = word[1].split("*")[0].lower()
        pieces.append((charset, _content(word[2], word[3])))
        at = word.end()
    if at < len(text):
        pieces.append(("", _as_bytes(text[at:])))
    neighbours = groupby(pieces, key=itemgetter(0))
    return "".join(decode(b"".join(piece[1] for piece in group), charset) for charset, group in neighbours)


def _content(encoding: str, text: str) -> bytes:
    encoded = _as_bytes(text)
    if encoding in "bB":
        return from_base64(encoded)
    else:
        return binascii.a2b_qp(encoded, header=True)


def from_base64(encoded: bytes) -> bytes:
    """What is readable of `encoded`: foreign characters are skipped, padding may be missing or amid."""
    runs = [run for run in encoded.translate(None, _NOT_BASE64).split(b"=") if run]
    return b"".join(_base64_run(run) for run in runs)


def _base64_run(run: bytes) -> bytes:
    whole = run if len(run) % 4 != 1 else run[:-1]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))

"""Mail addresses (RFC 5322), read by one pass over the characters: what we match is what we show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import budgets
from .encoded_words import decoded

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)(?:"|\Z)|<([^<>]*)(?:>|\Z)|(\()|([,;])|(:)|([^\s"<>(),;:]+|:(?!\s))|(\s+)|.',
    re.DOTALL,
)
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(r"[^\s@<>\"]{1,128}@[^\s@<>\",;]{1,255}\Z")


@dataclass(frozen=True)
class Address:
    """A mailbox: `email` as written, its domain in lower case; `name` as people read it."""

    email: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


def read_addresses(value: str, *, most: int = budgets.MAX_ADDRESSES) -> tuple[Address, ...]:
    """The addresses of a header, groups opened up, at most `most`."""
    found: list[Address] = []
    for words, quoted, angle in _mailboxes(value):
        if len(found) == most:
            break
        address = _address(words, quoted, angle)
        if address is not None:
            found.append(address)
    return tuple(found)


def _mailboxes(value: str) -> Iterator[tuple[str, bool, str | None]]:
    """For each mailbox: its words, whether some were quoted, and what stood in angle brackets."""
    words: list[str] = []
    quoted, angle, at, has_address = False, None, 0, False
    while token := _TOKEN.match(value, at):
        at = token.end()
        if token[1] is not None:
            quoted = True
            words.append(re.sub(r"\\(.)", r"\1", token[1]))
        elif token[2] is not None:
            angle = token[2] if angle is None or not angle.strip() else angle
        elif token[3]:
            at = _after_comment(value, at)
        elif token[4]:
            yield "".join(words), quoted, angle
            words, quoted, angle, has_address = [], False, None, False
        elif token[5] and angle is None and not has_address:
            words, quoted = [], False
        elif token[5] or token[6]:
            words.append(token[0])
            has_address = has_address or "@" in token[0]
        elif token[7] and words:
            words.append(" ")
    yield "".join(words), quoted, angle


def _after_comment(value: str, at: int) -> int:
    depth = 1
    while depth and at < len(value):
        depth += {"(": 1, ")": -1}.get(value[at], 0)
        at += 2 if value[at] == "\\" else 1
    return at


def _address(words: str, quoted: bool, angle: str | None) -> Address | None:
    text = words.strip()
    if angle is None:
        candidate, name = text if quoted else text.replace(" ", ""), ""
    else:
        candidate, name = angle, decoded(text)
    email = _clean(candidate)
    if _ADDRESS.match(email):
        local, _, domain = email.rpartition("@")
        return Address(f"{local}@{domain.lower().rstrip('.')}", _INVISIBLE.sub("", name).strip()[:200])
    elif angle is None and not quoted and "@" in text:
        return next((Address(_clean(word)) for word in text.split() if _ADDRESS.match(_clean(word))), None)
    else:
        return None


def _clean(text: str) -> str:
    email = _INVISIBLE.sub("", text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")).strip()
    email = email.rpartition(":")[2] if email.startswith("@") else email
    email = email.removeprefix("mailto:").removeprefix("MAILTO:").strip("'")
    return re.sub(r"\s", "", email[:400])

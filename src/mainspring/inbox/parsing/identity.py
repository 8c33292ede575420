"""Which message this is and which it answers: ids, references, and a hash that survives a second delivery."""

import hashlib
import re

from . import budgets
from .headers import Headers

_ID = re.compile(r"<[^<>\s]{1,500}>")
_BARE_ID = re.compile(r"[^<>\s]{1,500}")
_TRACE = re.compile(
    rb"(?:received|return-path|delivered-to|envelope-to|delivery-date|authentication-results|dkim-signature|arc-[a-z-]+|received-spf"
    rb"|status|x-[!-9;-~]+|lines|bcc|errors-to)[ \t]*:",
    re.IGNORECASE,
)


def message_id(headers: Headers) -> str:
    """The Message-ID with its brackets, "" when there is none."""
    value = headers.first("message-id")
    found = _ID.search(value) or _BARE_ID.search(value)
    return "" if found is None else _printable(found[0])


def answered_ids(headers: Headers, name: str) -> tuple[str, ...]:
    """The ids of `In-Reply-To` or `References`: when there are too many, the first and the latest ones."""
    ids = list(dict.fromkeys(_printable(found) for value in headers.all(name) for found in _ID.findall(value)))
    most = budgets.MAX_REFERENCES
    return tuple(ids if len(ids) <= most else ids[: most // 2] + ids[-most // 2 :])


def content_hash(raw: bytes) -> str:
    """SHA-256 of the message as its author sent it: without what each delivery adds, lines ending alike."""
    unified = raw.replace(b"\r\n", b"\n")
    end = unified.find(b"\n\n")
    head, body = (unified, b"") if end < 0 else (unified[:end], unified[end:])
    kept, is_kept = [], True
    for line in head.split(b"\n"):
        if line[:1] not in (b" ", b"\t"):
            is_kept = not _TRACE.match(line) and not line.startswith((b"From ", b">From "))
        if is_kept:
            kept.append(line)
    digest = hashlib.sha256(b"\n".join(kept))
    digest.update(body)
    return digest.hexdigest()


def _printable(found: str) -> str:
    return found.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

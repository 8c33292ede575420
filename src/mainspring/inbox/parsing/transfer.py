"""Content-Transfer-Encoding undone (RFC 2045), and files in the text as uuencode put them before MIME."""

import binascii
import re
from dataclasses import dataclass

from .encoded_words import from_base64
from .structure import Part

_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{1,90}\Z")


@dataclass(frozen=True)
class Uuencoded:
    """A file that stood in the text."""

    name: str
    content: bytes


def content_of(part: Part) -> bytes:
    """The body of `part` without its transfer encoding; an unknown encoding leaves it as it came."""
    encoding = part.headers.first("content-transfer-encoding").strip().strip("\"'").lower()
    if encoding.startswith("base64"):
        return from_base64(part.body)
    elif encoding.startswith("quoted-printable"):
        return binascii.a2b_qp(part.body)
    elif encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _without_frame(part.body)
    else:
        return part.body


def split_uuencoded(text: bytes) -> tuple[bytes, list[Uuencoded]]:
    """The text without the files in it, and those files. What isn't clean uuencode stays text."""
    kept, files, at = [], [], 0
    while (begin := _UU_BEGIN.search(text, at)) and (end := _UU_END.search(text, begin.end())):
        content = _uudecoded(text[begin.end() : end.start()])
        if content is None:
            kept.append(text[at : begin.end()])
            at = begin.end()
        else:
            kept.append(text[at : begin.start()])
            files.append(Uuencoded(begin[1].decode("utf-8", "replace").strip(), content))
            at = end.end()
    return b"".join([*kept, text[at:]]), files


def _without_frame(body: bytes) -> bytes:
    _, files = split_uuencoded(body)
    return files[0].content if files else body


def _uudecoded(block: bytes) -> bytes | None:
    content = []
    for line in block.splitlines():
        if not _UU_LINE.match(line):
            return None
        try:
            content.append(binascii.a2b_uu(line))
        except binascii.Error:
            return None
    return b"".join(content) if content else None

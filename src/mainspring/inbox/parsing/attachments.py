"""What came along with the text: files, pictures, forwarded messages."""

import hashlib
from dataclasses import dataclass, field

from .filenames import clean_name, invented_name
from .headers import read_headers
from .parameters import read_parameters
from .structure import Part
from .transfer import content_of

_MARKUP = (
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<head", "text/html"),
    (b"<body", "text/html"),
    (b"<script", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<!doctype svg", "image/svg+xml"),
    (b"<?xml", "application/xml"),
    (b"begin:vcalendar", "text/calendar"),
    (b"begin:vcard", "text/vcard"),
    (b"%pdf-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)


@dataclass(frozen=True)
class Attachment:
    """A file of the mail. `type` is what the sender says, `sniffed_type` what its bytes say, if anything."""

    name: str
    type: str
    sniffed_type: str
    content: bytes = field(repr=False)
    sha256: str
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


def attachment(name: str, content_type: str, content: bytes, content_id: str = "", inline: bool = False) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name, content_type, sniffed_type(content), content, digest, content_id, inline)


def attachment_of(part: Part, number: int) -> Attachment:
    """`part` as the file number `number` of its mail."""
    content = content_of(part)
    name = stated_name(part) or _subject_of(part, content) or invented_name(number, part.type)
    content_id = part.headers.text("content-id").strip("<> ")[:300]
    return attachment(
        name, part.type, content, content_id, inline=disposition(part) != "attachment" and bool(content_id)
    )


def stated_name(part: Part) -> str:
    """The cleaned name the sender gave, or ""."""
    _, parameters = read_parameters(part.headers.first("content-disposition"))
    return clean_name(parameters.get("filename", "")) or clean_name(part.parameters.get("name", ""))


def disposition(part: Part) -> str:
    """`inline`, `attachment` or ""."""
    return part.headers.first("content-disposition").partition(";")[0].strip().lower()


def sniffed_type(content: bytes) -> str:
    """What the first bytes say the content is; markup first, because a browser would believe it."""
    start = content[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, content_type in _MARKUP:
        if start.startswith(mark):
            return "image/svg+xml" if content_type == "application/xml" and b"<svg" in start else content_type
    return _by_magic(content)


def _by_magic(content: bytes) -> str:
    import filetype

    kind = filetype.guess(content[:8_192]) if content else None
    return str(kind.mime) if kind else ""


def _subject_of(part: Part, content: bytes) -> str:
    if part.type == "message/rfc822":
        headers, _ = read_headers(content, 0, len(content))
        subject = clean_name(headers.text("subject").replace("/", "-").replace("\\", "-"))
        return f"{subject[:100]}.eml" if subject else ""
    else:
        return ""

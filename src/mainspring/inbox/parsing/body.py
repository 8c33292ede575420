"""The body: the text and the page that people see, and the files beside it."""

import html
from dataclasses import dataclass, field

from .attachments import Attachment, attachment, attachment_of, disposition, stated_name
from .charsets import decode
from .filenames import clean_name, invented_name
from .html_text import text_of_html
from .structure import Part
from .transfer import content_of, split_uuencoded

_OTHER_VERSIONS = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})


@dataclass(frozen=True)
class Body:
    """The full text, the page as sent ("" when there is none) and the attachments."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]


@dataclass
class _Block:
    """A stretch of the body in one or both of its versions."""

    plain: str = ""
    page: str = ""

    @property
    def text(self) -> str:
        return self.plain if self.plain.strip() or not self.page else text_of_html(self.page)

    @property
    def html(self) -> str:
        return self.page or f'<pre style="white-space: pre-wrap">{html.escape(self.plain)}</pre>'


@dataclass
class _Reading:
    blocks: list[_Block] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def read_body(root: Part) -> Body:
    """Text parts in their order; of alternatives the plain one is the text and the HTML one the page."""
    reading = _Reading()
    _read(root, reading, None)
    blocks = [block for block in reading.blocks if block.plain.strip() or block.page.strip()]
    page = "\n".join(block.html for block in blocks) if any(block.page for block in blocks) else ""
    text = "\n".join(block.text.rstrip("\n") for block in blocks)
    return Body(text, page, tuple(reading.files))


def _read(part: Part, reading: _Reading, block: _Block | None) -> None:
    if part.children:
        if part.type == "multipart/alternative" and block is None:
            block = _Block()
            reading.blocks.append(block)
        for child in part.children:
            _read(child, reading, block)
    elif _is_text(part, reading, block):
        _read_text(part, reading, block)
    elif part.type not in _OTHER_VERSIONS or block is None or disposition(part) == "attachment":
        _read_file(part, reading)


def _is_text(part: Part, reading: _Reading, block: _Block | None) -> bool:
    if part.type not in ("text/plain", "text/html") or disposition(part) == "attachment":
        return False
    elif stated_name(part):
        return block is not None or (not reading.blocks and disposition(part) != "inline")
    else:
        return True


def _read_text(part: Part, reading: _Reading, block: _Block | None) -> None:
    content = content_of(part)
    if part.type == "text/plain":
        content, files = split_uuencoded(content)
        for file in files:
            _keep_file(reading, clean_name(file.name), file.content)
    text = _lines(decode(content, part.parameters.get("charset", "")))
    if block is None:
        block = _Block()
        reading.blocks.append(block)
    if part.type == "text/html":
        block.page = f"{block.page}\n{text}" if block.page else text
    else:
        block.plain = f"{block.plain}\n{text}" if block.plain else text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_file(part: Part, reading: _Reading) -> None:
    file = attachment_of(part, len(reading.files) + 1)
    if file.size or stated_name(part):
        reading.files.append(file)


def _keep_file(reading: _Reading, name: str, content: bytes) -> None:
    content_type = "application/octet-stream"
    name = name or invented_name(len(reading.files) + 1, content_type)
    reading.files.append(attachment(name, content_type, content))

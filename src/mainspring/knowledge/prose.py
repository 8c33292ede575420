"""The light markup of articles, as HTML and as plain text: the letters' paragraphs, lists and **bold**, and besides
headings (`## `), numbered lists (`1. `), `code` and links.

Nothing of a text reaches the page but escaped; a link leads to the web, a mail address, a phone or a page of ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

HEADING = re.compile(r"(#{1,3})\s+(.+)")
BULLET = re.compile(r"[-*•]\s+(.+)")
NUMBER = re.compile(r"(\d{1,3})[.)]\s+(.+)")
FENCE = "```"
INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|\[(?P<words>[^\[\]\n]+)\]\((?P<to>[^()\s]+)\)"
    r"|(?P<page>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])"
)
SAFE = re.compile(r"https?://[^/\s]|mailto:[^\s]|tel:\+?[\d-]|/(?![/\\])", re.IGNORECASE)
"""How an address may begin. Two slashes would be another host's."""


@dataclass(frozen=True)
class Block:
    """A heading, a list, a paragraph or some lines of code."""

    kind: str
    lines: list[str]
    level: int = 0
    """Of a heading 2 or 3; of a numbered list its first number."""

    @property
    def html(self) -> Markup:
        if self.kind == "code":
            return Markup('<pre dir="ltr"><code>{}</code></pre>').format("\n".join(self.lines))
        lines = [_inline(line) for line in self.lines]
        if self.kind == "heading":
            return Markup("<h{0}>{1}</h{0}>").format(self.level, lines[0])
        elif self.kind == "text":
            return Markup("<p>{}</p>").format(Markup("<br>").join(lines))
        items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        if self.kind == "bullets":
            return Markup("<ul>{}</ul>").format(items)
        else:
            return Markup('<ol start="{}">{}</ol>').format(self.level, items)

    @property
    def text(self) -> str:
        return "\n".join(self.lines if self.kind == "code" else (INLINE.sub(_bare, line) for line in self.lines))


def prose(source: str) -> Markup:
    """The text as safe HTML."""
    return Markup("\n").join(block.html for block in blocks(source))


def plain(source: str) -> str:
    """The text without its markup."""
    return "\n".join(block.text for block in blocks(source))


def beginning(source: str) -> str:
    """Its paragraphs on one line, for where a text is told in a sentence or two; of lists alone these."""
    read = list(blocks(source))
    told = [block.text for block in read if block.kind == "text"] or [block.text for block in read]
    return " ".join(" ".join(told).split())


def headings(source: str) -> str:
    """The headings alone: by their words an article is found like by its title."""
    return "\n".join(block.text for block in blocks(source) if block.kind == "heading")


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a text, in its order."""
    for (kind, _run), grouped in groupby(_read(source), key=lambda line: (line[0], line[1])):
        lines = [(level, text) for _kind, _run, level, text in grouped]
        if kind:
            yield Block(kind, [text for _level, text in lines], lines[0][0])


def _read(source: str) -> Iterator[tuple[str, int, int, str]]:
    """Line by line: its kind, the number of its block among them, its level, its text."""
    run, before, in_code = 0, "", False
    for line in source.replace("\r\n", "\n").split("\n"):
        if line.strip() == FENCE or (line.startswith(FENCE) and not in_code):
            in_code, kind, level, text = not in_code, "", 0, ""
        elif in_code:
            kind, level, text = "code", 0, line
        else:
            kind, level, text = _kind_of(line.strip())
        if kind != before or kind == "heading":
            run += 1
        before = kind
        yield kind, run, level, text


def _kind_of(line: str) -> tuple[str, int, str]:
    if found := HEADING.fullmatch(line):
        return "heading", max(2, len(found[1])), found[2]
    elif found := BULLET.fullmatch(line):
        return "bullets", 0, found[1]
    elif found := NUMBER.fullmatch(line):
        return "numbers", int(found[1]), found[2]
    else:
        return ("text" if line else ""), 0, line


def _inline(line: str) -> Markup:
    """Code, bold and links of a line; all else is escaped as it stands."""
    pieces: list[Markup] = []
    end = 0
    for found in INLINE.finditer(line):
        pieces += [escape(line[end : found.start()]), _piece(found)]
        end = found.end()
    return Markup("").join([*pieces, escape(line[end:])])


def _piece(found: re.Match[str]) -> Markup:
    if found["code"]:
        return Markup('<code dir="ltr">{}</code>').format(found["code"])
    elif found["bold"]:
        return Markup("<strong>{}</strong>").format(_inline(found["bold"]))
    elif found["page"]:
        return _link(found["page"], found["page"])
    elif SAFE.match(found["to"]):
        return _link(found["to"], found["words"])
    else:
        return escape(found[0])


def _link(address: str, words: str) -> Markup:
    if address.lower().startswith("http"):
        return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(address, words)
    else:
        return Markup('<a href="{}">{}</a>').format(address, words)


def _bare(found: re.Match[str]) -> str:
    bold = found["bold"]
    return INLINE.sub(_bare, bold) if bold else found["code"] or found["words"] or found["page"]

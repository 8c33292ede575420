"""The light markup of articles (CommonMark), as HTML and as plain text.

Nothing of a text reaches the page but escaped: HTML in it is words, pictures are none. A link leads to the web, a mail
address, a phone or a page of ours. https://spec.commonmark.org
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

SAFE = re.compile(r"https?://[^/\s]|mailto:[^\s]|tel:\+?[\d-]|/(?![/\\])", re.IGNORECASE)
"""How an address may begin. Two slashes would be another host's."""
ELSEWHERE = {"rel": "noopener noreferrer", "target": "_blank"}
HIGHEST, LOWEST = 2, 3
"""The levels of headings that are drawn: the first is the article's title."""


class Renderer(RendererHTML):
    """Code runs from the left in every language; what leads elsewhere opens beside; headings stand under the title."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if str(tokens[idx].attrs["href"]).lower().startswith("http"):
            tokens[idx].attrs |= ELSEWHERE
        return self.renderToken(tokens, idx, options, env)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        tokens[idx].attrs["dir"] = "ltr"
        return super().code_inline(tokens, idx, options, env)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return str(Markup('<pre dir="ltr"><code>{}</code></pre>\n').format(tokens[idx].content))

    fence = code_block

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        tokens[idx].tag = f"h{min(max(int(tokens[idx].tag[1:]), HIGHEST), LOWEST)}"
        return self.renderToken(tokens, idx, options, env)

    heading_close = heading_open


class Reader(MarkdownIt):
    """CommonMark with bare addresses as links, without HTML, and without addresses that aren't safe."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True, "linkify": True}, renderer_cls=Renderer)
        self.disable("image").enable("linkify")
        assert self.linkify is not None
        self.linkify.set({"fuzzy_link": False, "fuzzy_email": False})

    def validateLink(self, url: str) -> bool:
        return bool(SAFE.match(url))


_reader = Reader()


def prose(source: str) -> Markup:
    """The text as safe HTML."""
    return Markup(_reader.render(source).rstrip())  # noqa: S704 (the reader escapes what is written)


def plain(source: str) -> str:
    """The text without its markup, a line a block."""
    return "\n".join(words for _kind, words in _blocks(source))


def beginning(source: str) -> str:
    """Its paragraphs on one line, for where a text is told in a sentence or two; of lists alone these."""
    read = list(_blocks(source))
    told = [words for kind, words in read if kind == "paragraph"] or [words for _kind, words in read]
    return " ".join(" ".join(told).split())


def headings(source: str) -> str:
    """The headings alone: by their words an article is found like by its title."""
    return "\n".join(words for kind, words in _blocks(source) if kind == "heading")


def _blocks(source: str) -> Iterator[tuple[str, str]]:
    """The words of each block, in its order, and what it is: `paragraph`, `heading`, `list_item` or `code`."""
    within: list[str] = []
    for token in _reader.parse(source):
        if token.type in ("fence", "code_block"):
            yield "code", token.content.rstrip("\n")
        elif token.type == "inline":
            kind = "list_item" if "list_item" in within else within[-1]
            yield kind, "".join("\n" if "break" in part.type else part.content for part in token.children or [])
        elif token.nesting > 0:
            within.append(token.type.removesuffix("_open"))
        elif token.nesting < 0:
            within.pop()

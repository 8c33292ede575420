"""HTML as plain text: quotes become `> ` lines, rules underscores, so that one reply cutter serves both.

A single pass over tags: the ready-made converters recurse, or need time in the square of the depth.
"""

import html
import re

from . import budgets

_TAG = re.compile(
    r"<!--|<[!?][^<>]*>?|<(/?)([a-zA-Z][\w:-]{0,40})((?>[^<>\"']+|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'"
    r"|[\"'])*+)>"
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SLICE = 100_000
_CRUDE = re.compile(r"<[^<>]*>")
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]{1,200})"|'([^']{1,200})')""", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")

_BLOCKS = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"}
    | {
        "form",
        "h5",
        "h6",
        "header",
        "html",
        "li",
        "main",
        "nav",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
    }
    | {"title", "tr", "caption"}
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre"})
_UNSHOWN = frozenset({"comment", "head", "style", "script", "title", "noscript", "template", "object", "svg"})
_ENDS = {name: re.compile(rf"</{name}\b[^<>]{{0,200}}>", re.IGNORECASE) for name in _UNSHOWN}
_ENDS["comment"] = re.compile(r"--!?>")


def text_of_html(source: str) -> str:
    """What a reader sees of `source`, as lines."""
    page = _Page()
    at, tags, unclosed = 0, 0, set[str]()
    while tags < budgets.MAX_HTML_TAGS and (tag := _TAG.search(source, at)):
        page.say(source[at : tag.start()])
        at, tags = tag.end(), tags + 1
        name = "comment" if tag[0] == "<!--" else (tag[2] or "").lower()
        if name in _UNSHOWN and not tag[1]:
            at = _after(source, name, at, unclosed)
        elif tag[2]:
            page.meet(name, bool(tag[1]), tag[3])
    page.say(_CRUDE.sub(" ", source[at:]) if tags == budgets.MAX_HTML_TAGS else source[at:])
    return page.text()


def _after(source: str, name: str, at: int, unclosed: set[str]) -> int:
    """Past the end of what isn't shown; when it never ends, only past its opening: it may be all there is."""
    end = None if name in unclosed else _ENDS[name].search(source, at)
    if end is None:
        unclosed.add(name)
    return end.end() if end else at


def _collapsed(text: str) -> str:
    """Runs of blanks and line breaks as one blank each; in slices, because a large text has millions of them."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        slices = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
        return "".join(_SPACE.sub(" ", part) for part in slices)
    else:
        return text


class _Page:
    """The text so far: whole lines, each with the depth of its quote, and the line being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.preformatted = 0
        self.link = ""

    def say(self, source: str) -> None:
        if source:
            text = html.unescape(source) if "&" in source else source
            if self.preformatted:
                first, *others = text.replace("\r\n", "\n").split("\n")
                self.line.append(first)
                for other in others:
                    self.end_line(forced=True)
                    self.line.append(other)
            else:
                self.line.append(_collapsed(text))

    def meet(self, name: str, is_closing: bool, attributes: str) -> None:
        if name == "br":
            self.end_line(forced=True)
        elif name == "hr":
            self.end_line()
            self.line.append("_" * 32)
            self.end_line()
        elif name == "a":
            self._meet_link(is_closing, attributes)
        elif name == "img":
            self._meet_image(attributes)
        elif name in ("td", "th") and not is_closing and self.line:
            self.line.append(" ")
        elif name in _BLOCKS or name in _SPACED:
            self._meet_block(name, is_closing)

    def _meet_block(self, name: str, is_closing: bool) -> None:
        self.end_line()
        if name == "blockquote":
            self.blank()
            self.quotes = max(0, self.quotes + (-1 if is_closing else 1))
        elif name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if is_closing else 1))
        elif name in _SPACED:
            self.blank()
        elif name == "li" and not is_closing:
            self.line.append("- ")

    def _meet_link(self, is_closing: bool, attributes: str) -> None:
        if is_closing:
            words = "".join(self.line[-9:])
            if self.link and self.link.removeprefix("mailto:").rstrip("/") not in words:
                self.line.append(f" <{self.link}>" if words.strip() else self.link)
            self.link = ""
        else:
            href = _HREF.search(attributes)
            target = html.unescape(href[1]) if href else ""
            self.link = target if target.startswith(("http://", "https://")) else ""

    def _meet_image(self, attributes: str) -> None:
        alt = _ALT.search(attributes[:5_000])
        if alt:
            self.line.append(f"[{html.unescape(alt[1] or alt[2]).strip()}]")

    def end_line(self, *, forced: bool = False) -> None:
        words = "".join(self.line)
        line = words.rstrip() if self.preformatted else _collapsed(words.replace("\xa0", " ")).strip()
        self.line.clear()
        if line or forced:
            self._keep(line)

    def blank(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self._keep("")

    def _keep(self, line: str) -> None:
        mark = ">" * min(self.quotes, 20)
        self.lines.append(f"{mark} {line}".rstrip() if mark else line)

    def text(self) -> str:
        self.end_line()
        return _BLANK_LINES.sub("\n\n", "\n".join(self.lines)).strip("\n")

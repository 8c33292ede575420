"""The light markup of letters: paragraphs, lists, **bold** and one button, as HTML and as plain text.

Values that are filled in are data: a `*`, a `[` or a line break in somebody's name or note is printed, never obeyed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

_SHIELD = 0xE000
_SIGNS = "*[]()-\n\r"
_SHIELDED = {ord(sign): chr(_SHIELD + ord(sign)) for sign in _SIGNS}
_OPENED = {_SHIELD + ord(sign): sign for sign in _SIGNS}
_PRIVATE = dict.fromkeys(range(_SHIELD, _SHIELD + 256))
_BUTTON = re.compile(r"^\[([^\[\]]+)\]\(([^()]*)\)$")
_BOLD = re.compile(r"\*\*([^*\n]{1,400})\*\*")


def shield(value: str) -> str:
    """A value whose signs mean nothing to the markup."""
    return value.translate(_PRIVATE).translate(_SHIELDED)


def unshield(text: str) -> str:
    return text.translate(_OPENED).replace("\r", "")


@dataclass(frozen=True)
class Block:
    """A paragraph, a list or a button of a letter, still shielded."""

    kind: str
    lines: list[str]
    address: str = ""

    @property
    def html(self) -> list[Markup]:
        """Each line as safe HTML."""
        return [_lined(_BOLD.sub(r"<strong>\1</strong>", str(escape(line)))) for line in self.lines]

    @property
    def text(self) -> str:
        lines = [unshield(_BOLD.sub(r"\1", line)) for line in self.lines]
        if self.kind == "list":
            return "\n".join(f"- {line}" for line in lines)
        elif self.kind == "button":
            return f"{lines[0]}: {self.address}"
        else:
            return "\n".join(lines)


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a filled letter. A button without a web address is left out."""
    for part in re.split(r"\n\s*\n", source.strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        button = _BUTTON.match(part.strip())
        if button:
            address = unshield(button[2]).strip()
            if address.startswith(("https://", "http://")):
                yield Block("button", [button[1]], address)
        elif lines and all(line.startswith("- ") for line in lines):
            yield Block("list", [line[2:] for line in lines])
        elif lines:
            yield Block("text", lines)


def _lined(line: str) -> Markup:
    return Markup(unshield(line).replace("\n", "<br>"))  # noqa: S704 (escaped in `html`)

"""The reply cutter: one pass over the lines; each is the customer's own until it is known to be a quote."""

from dataclasses import dataclass
from itertools import groupby

from .. import budgets
from . import words
from .quoting import (
    announces_forward,
    announces_original,
    announces_reply_above,
    attribution,
    header_block,
    header_kind,
    is_rule,
    visible,
)
from .signature import signature_lines

_OWN, _QUOTE, _FORWARD = "own", "quote", "forward"


@dataclass(frozen=True)
class Cut:
    """The text in two: `reply` in the customer's words, `quoted` the folded rest."""

    reply: str
    quoted: str


def cut_reply(text: str, *, subject: str = "", answers: bool = False) -> Cut:
    """`answers`: the mail says that it is a reply. If not, a quote with nothing above it is a forward."""
    lines = text.split("\n")
    kinds = _Kinds(lines, is_forward=bool(words.FORWARD_SUBJECT.match(subject[:80])))
    kinds.find()
    signed = kinds.signatures()
    reply = _joined(lines, kinds.kinds, signed)
    if not reply and signed:
        signed = set()
        reply = _joined(lines, kinds.kinds, signed)
    if not reply and not (answers or kinds.is_marked):
        return Cut(text.strip("\n"), "")
    rest = (line for number, line in enumerate(lines) if kinds.kinds[number] == _QUOTE or number in signed)
    return Cut(reply, "\n".join(rest).strip("\n"))


def _joined(lines: list[str], kinds: list[str], signed: set[int]) -> str:
    """The own lines; where a quote was taken out, one blank line stays."""
    kept: list[str] = []
    for is_own, group in groupby(
        range(len(lines)), key=lambda number: kinds[number] != _QUOTE and number not in signed
    ):
        stretch = [lines[number].rstrip() for number in group]
        if is_own:
            kept.append("\n".join(stretch).strip("\n"))
    return "\n\n".join(part for part in kept if part.strip()).strip("\n")


class _Kinds:
    """What each line is: own, quote, or part of a forwarded message, which the customer chose to send."""

    def __init__(self, lines: list[str], *, is_forward: bool) -> None:
        self.kinds = [_OWN] * len(lines)
        self.lines = [visible(line) for line in lines[: budgets.MAX_EXAMINED_LINES]]
        self.rest = lines[budgets.MAX_EXAMINED_LINES :]
        self.original = lines
        self.is_forward = is_forward
        self.is_marked = False
        self.is_announced = False

    def find(self) -> None:
        at = 0
        while at < len(self.lines):
            at = self._next(at)
        if at == len(self.lines) and self.rest:
            later = [_QUOTE if line.lstrip().startswith(">") else _OWN for line in self.rest]
            self.kinds[at:] = later
        self._keep_lone_marks()

    def signatures(self) -> set[int]:
        """The numbers of all lines that only sign."""
        found: set[int] = set()
        for kind, group in groupby(range(len(self.lines)), key=self.kinds.__getitem__):
            numbers = list(group)
            if kind == _OWN:
                stretch = [self.original[number] for number in numbers]
                found.update(numbers[0] + number for number in signature_lines(stretch))
        return found

    def _next(self, at: int) -> int:
        """Decides about the line `at` and returns the next undecided one."""
        line = self.lines[at]
        if not line:
            return at + 1
        elif line[0] in ">＞":
            self.kinds[at] = _QUOTE
            return at + 1
        elif announces_forward(line):
            return self._forward(at)
        elif not line[0].isalnum() and self._is_separator(at):
            self.is_marked = self.is_marked or announces_reply_above(line)
            return self._cut(at)
        elif header_block(self.lines, at):
            return self._forward(at) if self.is_forward else self._cut(at)
        else:
            return self._maybe_announced(at)

    def _is_separator(self, at: int) -> bool:
        return announces_original(self.lines[at]) or announces_reply_above(self.lines[at])

    def _maybe_announced(self, at: int) -> int:
        found = attribution(self.lines, at)
        if found is None:
            return at + 1
        after = at + found.length
        begin = at + 1 if found.follows_own_words else at
        following = next((line for line in self.lines[after : after + 6] if line), "")
        if following.startswith((">", "＞")) or (not following and after >= len(self.lines) - 6):
            self.is_announced = True
            self.kinds[begin:after] = [_QUOTE] * (after - begin)
            return after
        elif found.is_certain:
            return self._cut(begin)
        else:
            return at + 1

    def _cut(self, at: int) -> int:
        """Everything from `at` is a quote, with the rule drawn above it."""
        self.is_announced = True
        begin = at
        while begin and header_kind(self.lines[begin - 1]) == words.OTHER:
            begin -= 1
        while begin and (not self.lines[begin - 1] or is_rule(self.lines[begin - 1])):
            begin -= 1
        self.kinds[begin:] = [_QUOTE] * (len(self.kinds) - begin)
        return len(self.lines) + 1

    def _forward(self, at: int) -> int:
        self.kinds[at:] = [_FORWARD] * (len(self.kinds) - at)
        return len(self.lines) + 1

    def _keep_lone_marks(self) -> None:
        """A line with `>` between two own lines, in a mail that announces no quote, is a way of writing."""
        if not self.is_announced:
            for at in range(1, len(self.lines) - 1):
                is_between = self.kinds[at - 1] == self.kinds[at + 1] == _OWN
                if self.kinds[at] == _QUOTE and is_between and self.lines[at - 1] and self.lines[at + 1]:
                    self.kinds[at] = _OWN
        self.is_marked = self.is_marked or (_QUOTE in self.kinds and not self._is_bare_block())

    def _is_bare_block(self) -> bool:
        """Nothing but an unmarked message under its headers."""
        first = next((line for line in self.lines if line), "")
        return not first.startswith(">") and not any(line.startswith(">") for line in self.lines)

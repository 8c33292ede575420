"""Signatures: what stands under "-- ", the advertising of mobile mail programs, footers of mailing lists."""

import re

from . import words
from .quoting import is_rule, visible

_DEVICE_LINES = 60
_LONGEST = 30
_LONGEST_UNMARKED = 12
_DASH_NAME = re.compile(r"[-–—]{1,2} ?[^\W\d_a-z][\w.'’]*(?: [^\W\d_a-z][\w.'’]*){0,2}\Z")
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|listinfo|https?://|[^\s@]@[^\s@]", re.IGNORECASE)
_LINK_ONLY = re.compile(r"[<\[(]?https?://\S+[>\])]?\Z")


def signature_lines(lines: list[str]) -> set[int]:
    """The numbers of those of `lines` (one stretch of own words) that only sign."""
    shown = [visible(line) for line in lines]
    found = _device_lines(shown)
    end = len(lines)
    for begin in (_list_footer(shown), _delimited(lines, shown)):
        if begin is not None:
            found.update(range(begin, end))
            end = min(end, begin)
    found.update(_dash_name(shown[:end]))
    return found


def _device_lines(shown: list[str]) -> set[int]:
    begin = max(0, len(shown) - _DEVICE_LINES)
    found = {
        number
        for number, line in enumerate(shown[begin:], begin)
        if 8 <= len(line) <= 160 and words.SENT_FROM.match(line)
    }
    links = {number + 1 for number in found if number + 1 < len(shown) and _LINK_ONLY.match(shown[number + 1])}
    rules = {number - 1 for number in found if number and is_rule(shown[number - 1])}
    return found | links | rules


def _delimited(lines: list[str], shown: list[str]) -> int | None:
    marks = [number for number, line in enumerate(shown) if line in ("--", "—", "- -", "–")]
    proper = [number for number in marks if lines[number].strip("\r\n") == "-- "]
    if proper:
        return proper[-1] if _count(shown[proper[-1] :]) <= _LONGEST + 1 else None
    elif len(marks) == 1 and shown[marks[0]] == "--":
        block = [line for line in shown[marks[0] + 1 :] if line]
        fits = bool(block) and len(block) <= _LONGEST_UNMARKED and len(block[0]) <= 60 and not block[0].endswith("?")
        return marks[0] if fits else None
    else:
        return None


def _list_footer(shown: list[str]) -> int | None:
    rules = [number for number, line in enumerate(shown) if line.startswith("__") and is_rule(line)]
    if not rules:
        return None
    block = [line for line in shown[rules[-1] + 1 :] if line]
    is_footer = 0 < len(block) <= 8 and any(_LIST_FOOTER.search(line[:300]) for line in block)
    return rules[-1] if is_footer else None


def _dash_name(shown: list[str]) -> set[int]:
    """ "-Jane Roe" as the last line of all, after a blank one."""
    number = next((number for number in range(len(shown) - 1, -1, -1) if shown[number]), 0)
    if number > 1 and not shown[number - 1] and _DASH_NAME.match(shown[number][:80]):
        return {number}
    else:
        return set()


def _count(shown: list[str]) -> int:
    return sum(1 for line in shown if line)

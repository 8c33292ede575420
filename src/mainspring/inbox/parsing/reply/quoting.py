"""The lines that announce a quote: attributions ("On … wrote:") and blocks of headers ("From: … Sent: …")."""

import re

from . import words

_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST_ATTRIBUTION = 450
_ATTRIBUTION_LINES = 4
_BLOCK_LINES = 14
_SENTENCE_BEFORE = re.compile(r"[.!?…]\s{1,3}(?:On|Am|Le|El|Em|Il|Op|Den|W dniu|בתאריך)\s")
_DIGIT = re.compile(r"\d")
_RULE = re.compile(r"[-_=*~‐–—―─]{3,}(?:\s[-_=*~‐–—]{3,})*\Z")
_DASHED = re.compile(r"-{2,}.*-{2,}\Z")


def visible(line: str) -> str:
    """The line without blanks at its ends and without marks of writing direction."""
    if line.isascii():
        return line.strip()
    else:
        return _INVISIBLE.sub("", line).replace("\xa0", " ").replace("\u202f", " ").strip()


def is_rule(line: str) -> bool:
    """A line drawn with dashes or underscores."""
    return bool(_RULE.match(line))


class Attribution:
    """How many lines announce the quote, and whether they name day and sender so fully that nobody would write them."""

    def __init__(self, length: int, joined: str) -> None:
        self.length = length
        self.is_certain = bool(words.DAY.search(joined) and (words.MAIL.search(joined) or words.TIME.search(joined)))
        self.follows_own_words = bool(_SENTENCE_BEFORE.search(joined))


def attribution(lines: list[str], at: int) -> Attribution | None:
    """The attribution that begins in line `at`, wrapped over up to four lines. `lines` are visible ones."""
    joined = ""
    begins = bool(words.STARTS.match(lines[at]))
    for number, line in enumerate(lines[at : at + _ATTRIBUTION_LINES]):
        if (
            not line
            or line.startswith(">")
            or len(joined) + len(line) > _LONGEST_ATTRIBUTION
            or (number and not _goes_on(lines[at], line, begins))
        ):
            return None
        joined = f"{joined} {line}".strip()
        if _is_attribution(joined, begins):
            return Attribution(number + 1, joined)
    return None


def _goes_on(first: str, line: str, begins: bool) -> bool:
    """Whether an attribution that began in `first` may continue in `line`, which could begin a better one itself."""
    if words.WORD_STARTS.match(line):
        return begins and bool(_DIGIT.search(first))
    else:
        return begins or "@" in first or bool(words.DAY.search(first))


def _is_attribution(joined: str, begins: bool) -> bool:
    text = joined.rstrip(" *_")
    if text.endswith((":", "：", "﹕")) or (_DASHED.match(text) and words.MAIL.search(text)):
        has_mail = "@" in text and bool(words.MAIL.search(text))
        has_date = bool(words.DAY.search(text))
        verb = words.VERB.search(text)
        return bool(
            (verb and (has_date or has_mail or (begins and _DIGIT.search(text))))
            or (has_mail and has_date and words.TIME.search(text))
        )
    else:
        return _is_hebrew_without_colon(text)


def _is_hebrew_without_colon(text: str) -> bool:
    return text.endswith(("כתב", "כתבה", "כתב/ה")) and bool(words.DAY.search(text) and words.MAIL.search(text))


def header_kind(line: str) -> str:
    """Which header the line is ("from", "date", …), or ""."""
    colon = line.find(":", 0, 40)
    wide = line.find("：", 0, 40)
    at = min(found for found in (colon, wide) if found >= 0) if max(colon, wide) >= 0 else -1
    if at < 1:
        return ""
    else:
        return words.HEADER_KINDS.get(line[:at].strip(" *_\t|>").casefold(), "")


def header_block(lines: list[str], at: int) -> int:
    """How many lines from `at` are the headers of a quoted message; 0 when they are not. `lines` are visible ones."""
    if header_kind(lines[at]) in ("", words.OTHER):
        return 0
    kinds, strangers, last, has_mail = set(), 0, at, False
    for number in range(at, min(at + _BLOCK_LINES, len(lines))):
        kind = header_kind(lines[number])
        if kind in kinds and kind != words.OTHER:
            break
        elif kind:
            kinds.add(kind)
            strangers, last = 0, number
        elif lines[number]:
            strangers += 1
        has_mail = has_mail or (bool(kind) and "@" in lines[number]) or (strangers == 1 and "@" in lines[number])
        if strangers > 2:
            break
    return last - at + 1 if _is_message_head(kinds, has_mail, lines, at) else 0


def _is_message_head(kinds: set[str], has_mail: bool, lines: list[str], at: int) -> bool:
    if words.FROM not in kinds:
        return False
    elif words.DATE in kinds and (words.SUBJECT in kinds or words.TO in kinds):
        return has_mail or words.SUBJECT in kinds
    elif words.SUBJECT in kinds and words.TO in kinds:
        return has_mail
    else:
        return words.DATE in kinds and has_mail and at > 0 and is_rule(_line_before(lines, at))


def _line_before(lines: list[str], at: int) -> str:
    return next((line for line in reversed(lines[max(0, at - 3) : at]) if line), "")

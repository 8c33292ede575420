"""The lines that announce a quote: attributions ("On … wrote:") and blocks of headers ("From: … Sent: …")."""

import re

from . import words

_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST_ATTRIBUTION = 450
_ATTRIBUTION_LINES = 4
_BLOCK_LINES = 14
_SENTENCE_BEFORE = re.compile(r"[.!?…]\s{1,3}(?:On|Am|Le|El|Em|Il|Op|Den|W dniu|בתאריך)\s")
_BRACKETED = re.compile(r"[<(\[][^\s<>()@]{1,100}@[^\s<>()@]{1,200}[>)\]]")
_OLD_GMAIL = re.compile(r"\d{4}[/-]\d{1,2}[/-]\d{1,2} [^<>@]{0,100}<[^<>\s@]{1,100}@[^<>\s@]{1,200}>\Z")
_DIGIT = re.compile(r"\d")
_RULE = re.compile(r"[-_=*~‐–—―─]{3,}(?:\s[-_=*~‐–—]{3,})*\Z")
_DECORATION = "-_=*~‐–—―─ \t"
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


def announces_original(line: str) -> bool:
    """`-----Original Message-----`, in many languages and with many kinds of dashes."""
    bare = _undecorated(line)
    return len(line) - len(bare) >= 2 and not line[0].isalnum() and bool(words.ORIGINAL.match(bare))


def announces_forward(line: str) -> bool:
    """`---------- Forwarded message ---------`, or Apple's "Begin forwarded message:"."""
    bare = _undecorated(line)
    return (line != bare or line.endswith(":")) and bool(words.FORWARDED.match(bare))


def announces_reply_above(line: str) -> bool:
    """The line that help desks put above what they send: ours, and those of others."""
    if line[0].isalnum() or len(line) > 200:
        return False
    else:
        return bool(words.OWN_SEPARATOR.match(line) or words.ABOVE.search(line))


def _undecorated(line: str) -> str:
    return line[:200].strip(_DECORATION) if len(line) <= 200 else line


class Attribution:
    """How many lines announce the quote, and whether they name day and sender as nobody would by hand."""

    def __init__(self, length: int, joined: str) -> None:
        self.length = length
        self.is_certain = _is_certain(joined, length)
        self.follows_own_words = bool(_SENTENCE_BEFORE.search(joined))


def _is_certain(joined: str, length: int) -> bool:
    """Certain enough to take what follows for a quote although it bears no marks."""
    verb = words.VERB.search(joined)
    is_complete = bool(_BRACKETED.search(joined) and (verb or words.STARTS.match(joined)))
    is_short = length == 1 or (length == 2 and bool(words.VERB_LAST.search(joined)))
    is_dated = bool(words.TIME.search(joined) and verb and is_short and not joined.endswith("said:"))
    return bool(words.DAY.search(joined)) and not joined.endswith(">") and (is_complete or is_dated)


def attribution(lines: list[str], at: int) -> Attribution | None:
    """The attribution that begins in line `at`, wrapped over up to four lines."""
    found = _announcing(lines, at)
    if found and found.length > 1 and not lines[at].endswith((",", " den")) and _later(lines, at, found):
        return None
    else:
        return found


def _later(lines: list[str], at: int, found: Attribution) -> bool:
    """Whether a line after `at` begins an attribution that says as much: then the lines above are somebody's words."""
    inner = (_announcing(lines, begin) for begin in range(at + 1, at + found.length))
    return any(later and (later.is_certain or not found.is_certain) for later in inner)


def _announcing(lines: list[str], at: int) -> Attribution | None:
    joined = ""
    begins = bool(words.STARTS.match(lines[at]))
    for number, line in enumerate(lines[at : at + _ATTRIBUTION_LINES]):
        too_long = len(joined) + len(line) > _LONGEST_ATTRIBUTION
        if not line or line.startswith(">") or too_long or (number and not _goes_on(lines[at], line, begins)):
            return None
        joined = f"{joined} {line}".strip()
        if _is_attribution(joined, begins):
            return Attribution(number + 1, joined)
    return None


def _goes_on(first: str, line: str, begins: bool) -> bool:
    """Whether an attribution that began in `first` may go on in `line`, which might begin one itself."""
    has_digit = bool(_DIGIT.search(first))
    if first.endswith(("!", "?")) or (first.endswith(".") and not has_digit):
        return False
    elif words.WORD_STARTS.match(line) or _is_attribution(line, False):
        return begins and has_digit and not first.endswith(".")
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
        return _is_hebrew_without_colon(text) or bool(_OLD_GMAIL.match(text))


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
    """How many lines from `at` are the headers of a quoted message; 0 when they are not."""
    if header_kind(lines[at]) in ("", words.OTHER):
        return 0
    kinds, strangers, last, has_mail = set[str](), 0, at, False
    for number in range(at, min(at + _BLOCK_LINES, len(lines))):
        kind = header_kind(lines[number])
        if kind in kinds and kind != words.OTHER:
            return _length(kinds, has_mail, lines, at, last) if header_kind(lines[at]) == words.FROM else 0
        elif kind:
            kinds.add(kind)
            strangers, last = 0, number
        else:
            strangers += 1 if lines[number] else 0
        has_mail = has_mail or ("@" in lines[number] and strangers < 2)
        if strangers > 2 or (words.FROM not in kinds and not kind):
            break
    return _length(kinds, has_mail, lines, at, last)


def _length(kinds: set[str], has_mail: bool, lines: list[str], at: int, last: int) -> int:
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

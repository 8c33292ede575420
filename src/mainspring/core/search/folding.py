"""Text to the words it is found by: without case, accents and points; codes and numbers joined; Hebrew prefixes off."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

import phonenumbers

MOST_WORDS = 8_000
"""Distinct words a single text adds; twice that is what PostgreSQL's tsvector (1 MB) holds at the longest."""
LONGEST_WORD = 64
"""Bytes of UTF-8."""
SHORTEST_KEY = 4
"""Digits of a number that are enough to find it."""

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "µ": "u"})
_QUOTES = re.compile(r"(?<=[^\W\d_])['’`\"״׳](?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?<![^\W_])[^\W_]++(?:[-_./:#][^\W_]++)++")
_NUMBER = re.compile(r"(?<![^\W_])\+?\(?\d(?:[\s\-./()]{0,2}\d){6,17}(?![^\W_])")
_MIXED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_HEBREW = re.compile(r"[א-ת]{4,}")
_HEBREW_PREFIXES = frozenset("ובלמהשכ")


def fold(text: str) -> str:
    """Lower case without accents, vowel points and quotes inside words: "O’Brien's Café" → "obriens cafe"."""
    if text.isascii():
        return _QUOTES.sub("", text.lower())
    lowered = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = "".join(sign for sign in lowered if not unicodedata.combining(sign))
    return _QUOTES.sub("", bare).translate({0x05F3: None, 0x05F4: None})


def words_of(text: str) -> set[str]:
    """The distinct words a text is found by."""
    folded = fold(text)
    found: set[str] = set()
    for word in _all_words(folded):
        found.add(cut(word))
        if len(found) >= MOST_WORDS:
            break
    return found


def key_words(keys: Iterable[str]) -> set[str]:
    """The words of keys. A key with many digits is found from any digit on, so by its last four too."""
    found: set[str] = set()
    for key in keys:
        found |= words_of(key)
        digits = "".join(sign for sign in fold(key)[:80] if sign.isdecimal())
        found |= {digits[start : start + 20] for start in range(len(digits) - SHORTEST_KEY + 1)}
    return found


def plain_words(folded: str) -> list[str]:
    """The words as they stand, for highlighting and for reading a query."""
    return _WORD.findall(folded)


def codes(folded: str) -> Iterator[re.Match[str]]:
    """Runs like "sn-1234" and "10.0.0.7" that count as one word too when they have a digit and aren't long."""
    return (run for run in _CODE.finditer(folded) if len(run[0]) <= 40 and any(sign.isdigit() for sign in run[0]))


def numbers(folded: str) -> Iterator[re.Match[str]]:
    """Runs of seven digits or more, however they are spaced: phone numbers above all."""
    return _NUMBER.finditer(folded)


def joined(run: str) -> str:
    return "".join(_WORD.findall(run))


def spellings(number: str) -> list[str]:
    """A phone number as digits: as written, without zeros in front, and without its country code where it shows one."""
    digits = joined(number)
    found = [digits, digits.lstrip("0")]
    if number.startswith("+") or digits.startswith("00"):
        with suppress(phonenumbers.NumberParseException):
            found.append(str(phonenumbers.parse("+" + digits.lstrip("0")).national_number))
    return list(dict.fromkeys(spelling for spelling in found if spelling))


def without_prefixes(word: str) -> list[str]:
    """A Hebrew word without its one or two letters in front ("and", "the", "in" …): "והמחשב" → "המחשב", "מחשב"."""
    found: list[str] = []
    while len(found) < 2 and _HEBREW.fullmatch(word) and word[0] in _HEBREW_PREFIXES:
        word = word[1:]
        found.append(word)
    return found


def cut(word: str) -> str:
    """The word, bounded to what the engines keep."""
    return word.encode()[:LONGEST_WORD].decode(errors="ignore")


def _all_words(folded: str) -> Iterator[str]:
    for word in _WORD.findall(folded):
        yield word
        yield from without_prefixes(word)
        yield from (word[part.end() :] for part in _MIXED.finditer(word[:40]))
    for run in codes(folded):
        yield joined(run[0])
    for run in numbers(folded):
        yield from spellings(run[0])

"""Bytes to text, whatever charset the sender says. Never raises, never leaves a NUL or half a character."""

import codecs
import re

_BROADER = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8": "cp1255",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "logical": "cp1255",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-16",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
_FORBIDDEN = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "palmos"}
)
_WEAK = frozenset({"", "cp1252", "unknown-8bit", "8bit", "default", "binary", "x-unknown", "unknown"})
_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
_HEBREW_WORD = re.compile(rb"[\xe0-\xfa]{2,}")
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(content: bytes, charset: str = "") -> str:
    """The text of `content`. A charset that is missing, unknown or wrong is replaced by the likeliest one."""
    name = _usable(charset)
    if name in _WEAK:
        text = _guess(content, name)
    else:
        text = _strictly(content, name) or _strictly(content, "utf-8") or _repaired(content, name)
    return printable(text.removeprefix("\ufeff"))


def printable(text: str) -> str:
    """The text without NUL bytes and lone surrogates, which no database and no JSON reader takes."""
    return _UNPRINTABLE.sub("", text)


def _usable(charset: str) -> str:
    asked = charset.strip().strip("\"'").lower().removeprefix("charset=")[:40]
    asked = _BROADER.get(asked, asked)
    try:
        found = codecs.lookup(asked) if asked.isascii() and "\0" not in asked else None
    except (LookupError, ValueError):
        found = None
    if found is None or found.name in _FORBIDDEN or not getattr(found, "_is_text_encoding", False):
        return ""
    else:
        return _BROADER.get(found.name, found.name)


def _guess(content: bytes, name: str) -> str:
    text = _strictly(content, "utf-8")
    if text is not None:
        return text
    elif not name and _looks_hebrew(content):
        return content.decode("cp1255", "replace")
    else:
        return _strictly(content, "cp1252") or content.decode("latin-1")


def _repaired(content: bytes, name: str) -> str:
    text = content.decode(name, "replace")
    if name == "utf-8" and all(letter <= "\x7f" or letter == "\ufffd" for letter in text[:20_000]):
        return _guess(content, "")
    else:
        return text


def _looks_hebrew(content: bytes) -> bool:
    sample = content[:20_000]
    high = len(_HIGH.findall(sample))
    return high > 0 and sum(map(len, _HEBREW_WORD.findall(sample))) >= 0.8 * high


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, ValueError):
        return None

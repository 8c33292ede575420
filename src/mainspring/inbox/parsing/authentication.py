"""What our own mail server found out about the sender (RFC 8601), and what follows for the address in From.

Only the topmost Authentication-Results counts, and only when the server that we trust wrote it: each server that a mail
passes adds its own on top, so a forged one lies below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

NAMELESS = "-"
"""Stands for a server that does not write its name into the header, as Microsoft 365."""
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+\)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"")
_SERVER = re.compile(r"[^\s;=]{1,255}(?=\s*(?:\d+\s*)?(?:;|\Z))")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*([a-z]{1,20})", re.IGNORECASE)
_PROPERTY = re.compile(r"(header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*([^\s;]{1,320})", re.IGNORECASE)
_LONGEST = 8_000


class Verdict(Enum):
    """Whether the address in From is the sender's own."""

    PROVEN = "proven"
    FORGED = "forged"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SenderCheck:
    """What was found, and in short by what: `dmarc=fail spf=softfail`."""

    verdict: Verdict = Verdict.UNKNOWN
    by_what: str = ""


@dataclass(frozen=True)
class _Result:
    method: str
    said: str
    domains: tuple[str, ...]


def check_sender(headers: tuple[str, ...], *, server: str, address: str) -> SenderCheck:
    """Judge `address` by the topmost of these Authentication-Results, if `server` wrote it."""
    words = _plain(headers[0]) if headers and server else ""
    if not words or not _is_by(words, server):
        return SenderCheck()
    found = list(_results(words.partition(";")[2] if _SERVER.match(words) else words))
    domain = address.rpartition("@")[2].lower()
    return SenderCheck(_verdict(found, domain), " ".join(f"{one.method}={one.said}" for one in found[:6]))


def _verdict(found: list[_Result], domain: str) -> Verdict:
    """DMARC decides where the domain has it; else a signature or a sending host of the domain itself.

    DMARC that was judged on another From than the one we read is as good as failed.
    """
    dmarc = {one.said if _covers(one, domain) else "fail" for one in found if one.method == "dmarc"}
    proven = any(one.said == "pass" and one.method != "dmarc" and _covers(one, domain) for one in found)
    refused = any(one.said == "fail" and one.method == "spf" and _covers(one, domain) for one in found)
    if "fail" in dmarc:
        return Verdict.FORGED
    elif "pass" in dmarc or proven:
        return Verdict.PROVEN
    elif refused:
        return Verdict.FORGED
    else:
        return Verdict.UNKNOWN


def _covers(result: _Result, domain: str) -> bool:
    """Whether the result is about this domain, in the relaxed sense of RFC 7489, 3.1. DMARC may leave it unsaid."""
    if result.method == "dmarc" and not result.domains:
        return True
    return any(_is_under(domain, one) or _is_under(one, domain) for one in result.domains)


def _is_under(domain: str, other: str) -> bool:
    return bool(domain) and "." in other and f".{domain}".endswith(f".{other}")


def _is_by(words: str, server: str) -> bool:
    named = _SERVER.match(words)
    if server.strip() == NAMELESS:
        return named is None
    else:
        return named is not None and named[0].lower() == server.strip().lower()


def _results(words: str) -> Iterator[_Result]:
    for part in words.split(";")[:40]:
        if result := _RESULT.match(part):
            domains = [value.rpartition("@")[2].strip(".").lower() for _name, value in _PROPERTY.findall(part)]
            yield _Result(result[1].lower(), result[2].lower(), tuple(domains))


def _plain(header: str) -> str:
    """Without comments, which may hold anything, and without the quotes around values."""
    words, before = header[:_LONGEST], ""
    words = _QUOTED.sub(lambda found: re.sub(r"[;()\s=]", "", found[1]), words)
    while words != before:
        words, before = _COMMENT.sub(" ", words), words
    return words.strip()

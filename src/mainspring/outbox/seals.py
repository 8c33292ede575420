"""Signed Message-IDs and reply addresses: an answer proves which mail it answers, and to whom that went."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from mainspring.core.tokens import is_signed, sign

_LETTERS = {"ticket": "t", "contact": "c", "person": "p", "invoice": "i"}
_NAMES = {letter: name for name, letter in _LETTERS.items()}
_MESSAGE_ID = re.compile(r"^<?ms\.([a-z]\d+)\.([a-z]\d+)\.([0-9a-f]{16})\.([a-z2-7]{20,40})@[^<>\s@]+>?$")
_REPLY_TAG = re.compile(r"^([a-z]\d+)\.([a-z]\d+)\.([a-z2-7]{20,40})$")


@dataclass(frozen=True)
class Seal:
    """What one of our mails was about (`ticket:5`), and who got it (`contact:8`)."""

    stream: str
    reader: str


def message_id(seal: Seal | None) -> str:
    """A new Message-ID. With a seal, answers to it can be trusted to answer it."""
    nonce = secrets.token_hex(8)
    host = settings.DOMAIN.partition(":")[0] or urlsplit(settings.BASE_URL).hostname or "localhost"
    if seal is None:
        return f"<ms.{nonce}@{host}>"
    else:
        about = f"{_short(seal.stream)}.{_short(seal.reader)}.{nonce}"
        return f"<ms.{about}.{sign('message-id', about)}@{host}>"


def seal_of_message_id(reference: str) -> Seal | None:
    """The seal of a Message-ID that we wrote; None for a foreign or a forged one."""
    found = _MESSAGE_ID.match(reference.strip())
    if found and is_signed("message-id", ".".join(found.group(1, 2, 3)), found[4]):
        return Seal(_long(found[1]), _long(found[2]))
    else:
        return None


def reply_address(base: str, seal: Seal) -> str:
    """`desk+t5.c8.<tag>@shop.example`: answers to it find their ticket without any header."""
    mailbox, _, domain = base.rpartition("@")
    about = f"{_short(seal.stream)}.{_short(seal.reader)}"
    return f"{mailbox}+{about}.{sign('reply-address', about)}@{domain}"


def seal_of_address(address: str) -> Seal | None:
    """The seal in a reply address that we wrote; None for any other address."""
    mailbox, _, _domain = address.strip().lower().rpartition("@")
    found = _REPLY_TAG.match(mailbox.partition("+")[2])
    if found and is_signed("reply-address", ".".join(found.group(1, 2)), found[3]):
        return Seal(_long(found[1]), _long(found[2]))
    else:
        return None


def _short(reference: str) -> str:
    name, _, key = reference.partition(":")
    return f"{_LETTERS[name]}{int(key)}"


def _long(short: str) -> str:
    return f"{_NAMES.get(short[0], '?')}:{int(short[1:])}"

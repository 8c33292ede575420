"""Mail addresses and header words: cleaned before they reach a header, and which of them are ours."""

import re
import unicodedata
from email.headerregistry import Address

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mainspring.core.shop import Shop
from mainspring.core.slots import Slot

own_mailboxes: Slot[[], set[str]] = Slot()
"""Filled by whoever reads mail: the addresses that come to us."""

_GAPS = re.compile(r"\s+")


def one_line(words: str, *, limit: int = 250) -> str:
    """Text fit for a header (RFC 5322, 2.2): no line break, no control or direction sign, no second header."""
    plain = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in words)
    return _GAPS.sub(" ", plain).strip()[:limit]


def is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def named(name: str, address: str) -> str:
    """`"Carol Mizrahi" <carol@acme.example>`; raises ValidationError when the address is none."""
    validate_email(address)
    mailbox, _, domain = address.rpartition("@")
    return str(Address(display_name=one_line(name, limit=120), username=mailbox, domain=domain))


def plain(address: str) -> str:
    """The address in lower case and without its `+tag`, to compare by."""
    mailbox, _, domain = address.strip().lower().rpartition("@")
    return f"{mailbox.split('+', 1)[0]}@{domain}"


def own_addresses() -> set[str]:
    """Every address that is ours: the shop's, the sender's, the mailboxes'."""
    known = {Shop.get().email, settings.DEFAULT_FROM_EMAIL}.union(*own_mailboxes.fill())
    return {plain(address) for address in known if address}


def is_own(address: str) -> bool:
    """Whether mail to this address would come back to us. A `+tag` doesn't hide it."""
    return plain(address) in own_addresses()

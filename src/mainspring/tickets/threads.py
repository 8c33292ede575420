"""How a mail finds its way back: signed Message-IDs and reply addresses. A bare number proves nothing."""

import re
from urllib.parse import urlsplit

from django.conf import settings

from mainspring.core.shop import Shop
from mainspring.core.tokens import is_signed, sign

REFERENCE = re.compile(r"<ticket\.(\d{1,18})\.([\w-]{1,60})\.([a-z2-7]{20})@")
ADDRESS = re.compile(r"\+(\d{1,18})\.([a-z2-7]{20})@")


def message_id(ticket_id: int, serial: str) -> str:
    """The Message-ID of a mail of ours about a ticket. `serial` tells the mails of a ticket apart."""
    host = urlsplit(settings.BASE_URL).hostname or "mainspring.localhost"
    return f"<ticket.{ticket_id}.{serial}.{sign('message-id', f'{ticket_id}.{serial}')}@{host}>"


def reply_address(ticket_id: int) -> str:
    """The address a reply to this ticket goes to: the shop's own with a signed part. Empty without a shop address."""
    local, at, host = Shop.get().email.partition("@")
    return f"{local}+{ticket_id}.{sign('reply-address', str(ticket_id))}@{host}" if at else ""


def ticket_of_reference(header: str) -> int | None:
    """The ticket that a References header proves to answer; None without a Message-ID that we signed."""
    for found in REFERENCE.finditer(header):
        pk, serial, tag = found.groups()
        if is_signed("message-id", f"{pk}.{serial}", tag):
            return int(pk)
    return None


def ticket_of_address(address: str) -> int | None:
    """The ticket that a signed reply address stands for."""
    found = ADDRESS.search(address.lower())
    if found and is_signed("reply-address", found[1], found[2]):
        return int(found[1])
    return None

"""What others need to know of our mailboxes."""

from mainspring.core.shop import Shop


def reply_base() -> str:
    """The address that signed reply addresses are made of; empty without one."""
    return Shop.get().email

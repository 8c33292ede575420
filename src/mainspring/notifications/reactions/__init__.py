"""Who is told what. Each reaction runs after the act, perhaps twice, and tells once."""

from mainspring.notifications.reactions import money, stock, tickets

__all__ = ["money", "stock", "tickets"]

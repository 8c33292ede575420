"""Who is told what. Each reaction runs after the act, perhaps twice, and tells once."""

from mainspring.notifications.reactions import backups, books, estimates, money, stock, tickets

__all__ = ["backups", "books", "estimates", "money", "stock", "tickets"]

"""The centre of the house: tickets, their conversation, status and people."""

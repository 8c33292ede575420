"""How it was: the customer rates a ticket that is done, once, and the staff sees it."""

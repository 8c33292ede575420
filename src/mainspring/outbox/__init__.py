"""Mail out: a row in the same transaction as the act, then a task that sends it."""

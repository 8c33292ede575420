"""Tells customers and staff what happened: reads events, writes to the outbox."""

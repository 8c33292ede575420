"""Mail in: one durable door for IMAP, pipe and provider webhooks; parsing, threading, filing.

Records what came and what became of it. Knows tickets and the outbox (whose seals it trusts); nothing below knows it.
"""

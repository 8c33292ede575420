"""Mail in: one durable door for IMAP, pipe and provider webhooks; parsing, threading, filing."""

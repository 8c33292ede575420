"""Webhooks out: addresses of the shop's choice are told what happens here, signed and repeated until they answer.

Owns the hooks and the log of what was sent. Records that a hook was added, changed, removed or switched off. Reacts to
every public event.
"""

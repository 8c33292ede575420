"""Backups: made by themselves, encrypted, kept elsewhere, and each night restored into an empty place and compared.

Owns the plan (where, when, how many) and the log of what was made and proven. Records that a backup was made or failed,
that one was restored in a drill or could not be. Knows nothing of the shop's business: it takes the whole database and
the whole store of files, and what is proven of them is each module's own (`core.drills`).
"""

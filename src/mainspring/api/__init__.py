"""The frame of the API: who comes in, how errors, pages, money and times read, what is answered once.

Every module brings its own `api.py`, a `Door` with its operations; each of them is a door into a verb. Owns what was
answered under an Idempotency-Key and how much each caller has asked for. Records nothing.
"""

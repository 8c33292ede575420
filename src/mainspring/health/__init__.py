"""How the installation stands, told to people, to machines, and to whoever wants to be woken.

Owns the page of health, `/health`, and the alarm: whom it goes to, and which topics are red. Records that the alarm's
plan was changed and that a failed task runs again. What is looked at is each module's own (`core.health`).
"""

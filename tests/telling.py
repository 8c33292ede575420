"""Whether an event tells of what a request changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

CHANGES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
SILENT = {
    "django_session": "what a browser remembers",
    "accounts_sitting": "which browsers are open; signing in is the event",
    "accounts_knownbrowser": "which browsers were seen before",
    "accounts_mailedkey": "a code that was mailed; using it is the event",
    "core_tries": "how often something was tried",
    "core_numberseries": "the next number; what takes it is the event",
    "core_searchdocument": "the index of words",
    "core_searchkey": "the index of words",
    "events_taskrow": "work to be done; the act that wants it is the event",
    "outbox_addressee": "a lock",
    "tickets_draft": "what is being written; sending it is the event",
    "estimates_draft": "what is being written; sending it is the event",
    "estimates_draftline": "what is being written; sending it is the event",
    "tickets_firstview": "how somebody's own list opens",
    "tickets_bulkchange": "what can be undone; each ticket has its own event",
    "billing_sentform": "a form that acts once; the act is the event",
    "billing_attempt": "somebody is on his way to pay; the payment is the event",
    "billing_share": "what he is on his way to pay; the payment is the event",
    "files_storedfile": "bytes that were brought; what they are attached to is the event",
}
"""Tables whose rows need no event, and why."""

TOLD_BY_GET = {
    "tickets_csv": "list.taken",
    "invoices_csv": "list.taken",
    "products_csv": "list.taken",
    "movements_csv": "list.taken",
    "raw_mail": "mail.taken",
}
"""What leaves by GET and is delicate, and the event that tells of it: a whole list, a mail as it came."""


@dataclass
class Watch:
    """The tables of which a request changed rows."""

    changed: set[str] = field(default_factory=set)

    @property
    def untold(self) -> set[str]:
        """What it changed, when no event tells of it."""
        return set() if "events_event" in self.changed else self.changed - set(SILENT)


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        change = CHANGES.match(sql)
        # SQLite counts what an INSERT with RETURNING wrote only once it was fetched
        if change and (sql.lstrip()[:6].upper() == "INSERT" or context["cursor"].rowcount != 0):
            watch.changed.add(change[1])
        return result

    with connection.execute_wrapper(look):
        yield watch

"""The chain: every event in the order in which it was sealed, each under a hash that covers all before it."""

import hashlib
import logging
import threading
from collections.abc import Iterator

from django.db import close_old_connections, connection, models, transaction

from mainspring.events.marks import COLUMNS, Row, core_of, details_of, is_ours

log = logging.getLogger(__name__)

GENESIS = bytes(32)
"""What stands before the first link."""
BATCH = 1000
LATE = 10_000
"""So many links back the sealer looks for events that were committed late. The nightly look goes back to the first."""
EVERY = 3.0
"""Seconds between two looks for what is to be sealed."""
LOCK = 0x6D61696E
"""The number of the lock under which the chain grows on PostgreSQL."""


class EventLink(models.Model):
    """A link of the chain. Its `id` is its place, from 1 without a gap: the order in which events were sealed."""

    event_id = models.BigIntegerField(unique=True)
    details = models.BinaryField(help_text="The salted digest of what of the event may be forgotten.")
    hash = models.BinaryField(
        help_text="SHA-256 over the link before, the place, the event's number, core and details."
    )

    class Meta:
        db_table = "events_link"

    def __str__(self) -> str:
        return f"{self.pk}: event {self.event_id}"


def hash_of(before: bytes, place: int, row: Row, details: bytes) -> bytes:
    """The hash of the link at this place."""
    return hashlib.sha256(b"%b%d:%d:%b%b" % (before, place, row.id, details, core_of(row))).digest()


def seal(*, all_of_it: bool = False) -> int:
    """Link whatever events are committed and stand outside the chain; returns how many.

    An event that we did not write is left outside, where `verify` finds it. `all_of_it` looks at every event there is.
    """
    sealed = 0
    while links := _next_links(all_of_it=all_of_it):
        sealed += _join(links)
    return sealed


def keep_sealing(stopping: threading.Event) -> None:
    """Seal every few seconds until `stopping` is set. A fault of the database is waited out."""
    while not stopping.wait(EVERY):
        try:
            close_old_connections()
            seal()
        except Exception:
            log.exception("The audit trail could not be sealed; it is tried again.")
    connection.close()


def _next_links(*, all_of_it: bool) -> list[EventLink]:
    """The next links of the chain, not yet in it: reading and hashing keep nobody from writing."""
    last = EventLink.objects.order_by("-id").first()
    place, before = (last.pk, bytes(last.hash)) if last else (0, GENESIS)
    links = []
    for row, details in genuine(unsealed(after=0 if all_of_it else _horizon(place))):
        place += 1
        before = hash_of(before, place, row, details)
        links.append(EventLink(id=place, event_id=row.id, details=details, hash=before))
        if len(links) == BATCH:
            break
    return links


@transaction.atomic
def _join(links: list[EventLink]) -> int:
    """Put them at the chain's end, all of them or, when another sealer was quicker, none; returns how many."""
    _wait_for_the_others()
    is_the_end = not EventLink.objects.filter(id__gte=links[0].pk).exists()
    return len(EventLink.objects.bulk_create(links)) if is_the_end else 0


def _wait_for_the_others() -> None:
    """One sealer at a time. On SQLite a transaction that may write has the database for itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def horizon() -> int:
    """All events up to this number are sealed, but for what a transaction brings that was open for very long."""
    return _horizon(EventLink.objects.aggregate(last=models.Max("id"))["last"] or 0)


def _horizon(place: int) -> int:
    late = EventLink.objects.filter(id__gt=place - LATE)
    return (late.aggregate(least=models.Min("event_id"))["least"] or 1) - 1 if place > LATE else 0


def unsealed(*, after: int = 0) -> Iterator[tuple[Row, bool]]:
    """The events outside the chain, in their order, each with whether it is a copy of an earlier one."""
    statement = (
        f"SELECT {COLUMNS[connection.vendor]}, EXISTS (SELECT 1 FROM events_event o "  # noqa: S608 (constants)
        "WHERE o.at = e.at AND o.mark = e.mark AND o.id < e.id) FROM events_event e "
        "LEFT JOIN events_link l ON l.event_id = e.id WHERE l.id IS NULL AND e.id > %s ORDER BY e.id LIMIT %s"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, BATCH])
            found = cursor.fetchall()
        for *columns, is_copy in found:
            yield Row(*columns), bool(is_copy)
        if len(found) < BATCH:
            break
        after = found[-1][0]


def genuine(rows: Iterator[tuple[Row, bool]]) -> Iterator[tuple[Row, bytes]]:
    """Those that we wrote ourselves, once, with the digest of their details."""
    for row, is_copy in rows:
        details = details_of(row)
        if not is_copy and is_ours(row, details):
            yield row, details

"""Forgetting the details of events, where a person has the right to it, so that the chain still holds."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.events.chain import EventLink, seal
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, Event, EventQuerySet, record

DETAILS_FORGOTTEN = EventKind(
    "audit.details_forgotten", _("{who} erased the details of {count} entries of the audit trail: {why}"), icon="eraser"
)
AT_ONCE = 500


def forget_details(events: EventQuerySet, *, by: Actor | None, why: str) -> int:
    """Erase names, addresses and words of these events, some at a time, and record which; returns how many.

    What happened to which row, when, and the number of who did it stay. What the record of it says stays, too.
    """
    seal(all_of_it=True)
    known = events.filter(pk__in=EventLink.objects.values("event_id"), mark__isnull=False)
    ids = list(known.exclude(kind=DETAILS_FORGOTTEN.name).order_by("pk").values_list("pk", flat=True))
    some = iter(ids)
    while part := list(islice(some, AT_ONCE)):
        _forget(part, by, why)
    return len(ids)


@transaction.atomic
def _forget(ids: list[int], by: Actor | None, why: str) -> None:
    """Erasing and its record: both or neither."""
    data = {"spans": list(_spans(ids)), "count": len(ids), "why": why}
    record(DETAILS_FORGOTTEN, Shop.get(), by=by, data=data)
    Event.objects.filter(pk__in=ids).update(mark=None, actor_name="", origin="", data={})


class Forgotten:
    """The numbers of the events whose details were erased, as spans: some bytes for each."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self.first = array("q", (first for first, _last in ordered))
        self.last = array("q", (last for _first, last in ordered))

    @classmethod
    def read(cls) -> "Forgotten":
        """From the events that say so; whether those are genuine, their own links tell."""
        said = Event.objects.filter(kind=DETAILS_FORGOTTEN.name).order_by("id").values_list("data", flat=True)
        return cls((first, last) for data in said.iterator() for first, last in data.get("spans", ()))

    def __contains__(self, event_id: int) -> bool:
        at = bisect_right(self.first, event_id) - 1
        return at >= 0 and event_id <= self.last[at]


def _spans(ids: list[int]) -> Iterator[tuple[int, int]]:
    """Neighbours drawn together: [1, 2, 3, 7] is (1, 3), (7, 7)."""
    first = last = ids[0]
    for id in ids[1:]:
        if id != last + 1:
            yield first, last
            first = id
        last = id
    yield first, last

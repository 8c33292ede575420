"""Looking something up in the audit trail: by person, ticket, customer, kind, time and words."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.db.models import Max, Q, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from mainspring.core.asked import clean, row_key, whole
from mainspring.crm.models import Contact
from mainspring.events.models import Event, EventQuerySet
from mainspring.tickets.models import Ticket

PAGE = 100
SPAN = 200_000
"""So many events a page looks through for words; what is older, the next one does."""
NAMES = ("actor", "ticket", "customer", "stream", "kind", "since", "until", "words")


@dataclass(frozen=True)
class Trail:
    """What is looked for, as the address has it. What can't be read finds nothing rather than everything."""

    asked: dict[str, str] = field(default_factory=dict)
    after: int | None = None

    @classmethod
    def read(cls, given: QueryDict) -> "Trail":
        asked = {name: value for name in NAMES if (value := clean(given.get(name), 160))}
        return cls(asked, whole(given.get("after")))

    def __getitem__(self, name: str) -> str:
        return self.asked.get(name, "")

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    def all(self) -> EventQuerySet:
        """Everything that fits, the latest first."""
        found = Event.objects.latest_first()
        if self["words"]:
            found = found.alias(told=Cast("data", TextField()))
        for condition in self.conditions():
            found = found.filter(condition)
        return found

    def page(self) -> tuple[list[Event], str]:
        """A page of what fits, and the address of the next; empty after the last."""
        found = self.all()
        top = self.after if self.after is not None else (Event.objects.aggregate(top=Max("pk"))["top"] or 0) + 1
        found = found.filter(pk__lt=top)
        bottom = max(0, top - SPAN) if self["words"] else 0
        events = list(found.filter(pk__gte=bottom)[: PAGE + 1])
        older = events[PAGE - 1].pk if len(events) > PAGE else bottom
        return events[:PAGE], f"?{urlencode({**self.asked, 'after': older})}" if older > 1 else ""

    def rows(self) -> Iterator[Event]:
        return self.all().iterator(chunk_size=1000)

    def conditions(self) -> Iterator[Q]:
        if self["actor"]:
            yield Q(actor="" if self["actor"] == "machine" else self["actor"])
        if self["stream"]:
            yield Q(stream=self["stream"]) | Q(subject=self["stream"])
        if self["kind"]:
            yield Q(kind__startswith=self["kind"]) if self["kind"].endswith(".") else Q(kind=self["kind"])
        if self["ticket"]:
            pks = Ticket.objects.filter(number=row_key(self["ticket"].lstrip("#"))).values_list("pk", flat=True)
            yield Q(stream__in=[f"ticket:{pk}" for pk in pks])
        if self["customer"]:
            yield self.about_customer(row_key(self["customer"]))
        if self["since"]:
            yield Q(at__gte=_moment(self["since"], time.min))
        if self["until"]:
            yield Q(at__lte=_moment(self["until"], time.max))
        for word in self["words"].split():
            yield says(word)

    def about_customer(self, pk: int) -> Q:
        """What he did, what was done to him, and what happened on his tickets."""
        keys = [
            f"contact:{one}"
            for one in Contact.objects.filter(Q(pk=pk) | Q(merged_into=pk)).values_list("pk", flat=True)
        ]
        tickets = Ticket.objects.filter(contact=pk).values_list("pk", flat=True)
        streams = [*keys, *(f"ticket:{one}" for one in tickets)]
        return Q(stream__in=streams) | Q(subject__in=keys) | Q(actor__in=keys)


def any_of(events: EventQuerySet, words: Iterable[str], known: Q) -> EventQuerySet:
    """The events that are known to be, or that have one of the words in them."""
    for word in words:
        known |= says(word)
    return events.alias(told=Cast("data", TextField())).filter(known)


def says(word: str) -> Q:
    """Whether the words or the name of an event have this one in them, however the engine writes its letters."""
    return Q(told__icontains=word) | Q(told__icontains=json.dumps(word)[1:-1]) | Q(actor_name__icontains=word)


def _moment(text: str, edge: time) -> datetime:
    """The beginning or end of a day, in the reader's zone; what is no day is the last one there can be."""
    try:
        day = parse_date(text) or date.max
    except ValueError:
        day = date.max
    return timezone.make_aware(datetime.combine(min(day, date(9998, 12, 31)), edge))

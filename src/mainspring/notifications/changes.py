"""What changed on a ticket, gathered for a while and told in one mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mainspring.crm.models import Contact
from mainspring.events.models import Event, reference
from mainspring.events.tasks import Retry
from mainspring.notifications.letters import UPDATED
from mainspring.notifications.models import Told
from mainspring.notifications.telling import Enclosed, Mail, Telling, nothing, pace_of, post
from mainspring.outbox.models import Enclosure
from mainspring.tickets.events import STATUS_CHANGED, TICKET_ASSIGNED, TICKET_DUE_MOVED
from mainspring.tickets.models import Message, StatusKind, Ticket

QUIET = timedelta(seconds=30)
"""So long nothing further happens before the mail is written."""
LONGEST = timedelta(minutes=5)
"""So long a change waits at most."""
TELLING = (STATUS_CHANGED, TICKET_ASSIGNED, TICKET_DUE_MOVED)


@task()
def tell_changes(ticket_id: int) -> None:
    """Tell the customers what changed since they were told last, once it has been quiet for a while.

    The events are read before the ticket, so that no mail says less than it is noted to have said.
    """
    told, _is_new = Told.objects.get_or_create(ticket_id=ticket_id)
    before = told.event_id
    events = changes_since(reference(Ticket(pk=ticket_id)), before)
    if events and is_time(events):
        ticket = Ticket.objects.with_people().get(pk=ticket_id)
        mails = Changes(ticket, events, told).write()
        with transaction.atomic():
            if Told.lock(ticket).event_id != before:
                raise Retry(timedelta(0))
            post(mails)
            told.save()


def changes_since(stream: str, event_id: int) -> list[Event]:
    kinds = [kind.name for kind in TELLING]
    return list(Event.objects.of_stream(stream).filter(kind__in=kinds, pk__gt=event_id))


def is_time(events: list[Event]) -> bool:
    now = timezone.now()
    return events[-1].at <= now - QUIET or events[0].at <= now - LONGEST


@dataclass
class Changes:
    """The changes of a ticket that its customers don't know of yet."""

    ticket: Ticket
    events: list[Event]
    told: Told

    def write(self) -> list[Mail]:
        """The mails that tell them, none when nothing is different in the end; `told` says how far they know then."""
        news = [event for event in self.events if is_news(event)]
        before, after = self.told.event_id, self.events[-1].pk
        enclosed = self.calendar()
        self.told.event_id = after
        if not self.differences(news) and enclosed is nothing:
            return []
        pace = min((pace_of(event) for event in news), key=lambda pace: pace != "chosen", default="automatic")
        return Telling(
            self.ticket, UPDATED, f"changes-{before}-{after}", self.values, enclosed, pace, wanted=wants_updates
        ).write()

    def differences(self, news: Iterable[Event]) -> dict[str, list[Any]]:
        """What differs between before the first and after the last of the news."""
        found: dict[str, list[Any]] = {}
        for event in news:
            for name, (before, after) in event.data.get("changes", {}).items():
                found[name] = [found.get(name, [before])[0], after]
        return {name: pair for name, pair in found.items() if pair[0] != pair[1]}

    def values(self, reader: Contact) -> dict[str, Any]:
        """Only what changed is said."""
        changed = self.differences(event for event in self.events if is_news(event))
        silent: dict[str, Any] = {
            name: "" for name, column in (("status", "status"), ("technician", "assignee")) if column not in changed
        }
        if "due_at" not in changed:
            silent["due"] = ""
        return {**silent, "no_date": "yes" if "due_at" in changed and self.ticket.due_at is None else ""}

    def calendar(self) -> Enclosed:
        """The invite that follows the date: moved, or cancelled when the date or the ticket is gone."""
        change = self.told.calendar_change(self.ticket)
        if change is None:
            return nothing
        at, cancelled = change
        sequence = self.told.invite_sent(at, cancelled=cancelled, lowest=self.ticket.invite_sequence)
        return _enclosing(self.ticket, at, sequence, cancelled)


def _enclosing(ticket: Ticket, at: datetime, sequence: int, cancelled: bool) -> Enclosed:
    def enclosed(reader: Contact) -> list[Enclosure]:
        from mainspring.notifications.invite import invite  # its library loads slowly: not at every start

        return [invite(ticket, reader, at=at, sequence=sequence, cancelled=cancelled)]

    return enclosed


def wants_updates(reader: Contact) -> bool:
    """Whether he said in the portal that he does; everybody does who said nothing."""
    return reader.wants_updates


def is_news(event: Event) -> bool:
    """Whether the customers don't know it anyway: by their own reply, or by the question that a mail just asked."""
    if event.actor.startswith("contact:") or event.data.get("kind_after") == StatusKind.CUSTOMER_REPLIED:
        return False
    elif event.data.get("kind_after") == StatusKind.WAITING_CUSTOMER:
        return not _came_with_question(event)
    else:
        return True


def _came_with_question(event: Event) -> bool:
    near = (event.at - timedelta(seconds=2), event.at + timedelta(seconds=2))
    ticket_id = int(event.stream.partition(":")[2])
    return Message.objects.filter(
        ticket_id=ticket_id, is_question=True, is_mailed=True, written_at__range=near
    ).exists()

"""Timers: time that runs until somebody stops it."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.events.models import Actor, record
from mainspring.tickets.models import Ticket
from mainspring.work.events import TIMER_DISCARDED, TIMER_STARTED, TIMER_STOPPED
from mainspring.work.models.catalogue import Service
from mainspring.work.models.charge import open_ticket
from mainspring.work.models.labour import Labour, book_time


class Timer(models.Model):
    """A running timer. There is at most one a technician; stopped it becomes labour and is gone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_running_timer_per_technician", fields=["person"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.service}"

    @classmethod
    def of(cls, person: Person) -> "Timer | None":
        """This person's running timer, with its ticket and service."""
        return cls.objects.select_related("ticket", "service").filter(person=person).first()

    @property
    def minutes(self) -> int:
        """Minutes so far; a begun minute counts, and there is at least one."""
        return max(-((self.started_at - timezone.now()) // timedelta(minutes=1)), 1)

    @transaction.atomic
    def stop(self, *, by: Actor | None) -> Labour | None:
        """Its time becomes labour on the ticket. None when somebody stopped it a moment ago."""
        Ticket.objects.select_for_update().get(pk=self.ticket_id)
        minutes = self.minutes
        if not self._end():
            return None
        told = {"name": str(self.service), "person": self.person.name, "minutes": minutes, "time": _clock(minutes)}
        record(TIMER_STOPPED, self, by=by, stream=self.ticket, data=told)
        return book_time(
            self.ticket, self.service, person=self.person, by=by, started_at=self.started_at, minutes=minutes
        )

    @transaction.atomic
    def discard(self, *, by: Actor | None) -> None:
        """Its time counts for nothing."""
        minutes = self.minutes
        if self._end():
            told = {"name": str(self.service), "minutes": minutes, "time": _clock(minutes)}
            record(TIMER_DISCARDED, self, by=by, stream=self.ticket, data=told)

    def _end(self) -> bool:
        """Whether it was us who ended it. Keeps the id, which the events name."""
        ended, _each = Timer.objects.filter(pk=self.pk).delete()
        return bool(ended)


@transaction.atomic
def start_timer(ticket: Ticket, service: Service, *, by: Person) -> Timer:
    """Time runs for this technician from now; the ticket is being worked on. Raises Locked.

    His other timer, if any, becomes labour. Started again for the same service and ticket, it runs on.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    running = Timer.of(by)
    if running and (running.ticket_id, running.service_id) == (ticket.pk, service.pk):
        return running
    elif running:
        _lock_in_order(ticket, running.ticket)
        running.stop(by=by)
    open_ticket(ticket)
    timer = Timer.objects.create(person=by, ticket=ticket, service=service)
    record(TIMER_STARTED, timer, by=by, stream=ticket, data={"name": str(service)})
    ticket.start_work(by=by)
    return timer


def _lock_in_order(*tickets: Ticket) -> None:
    """Two technicians who change places wait for one another, not both for ever."""
    list(Ticket.objects.select_for_update().filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk"))


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"

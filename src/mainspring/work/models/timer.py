"""Timers: time that runs until somebody pauses or stops it."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.core.prepared import prepared
from mainspring.events.models import Actor, record
from mainspring.tickets.models import Ticket
from mainspring.work.events import TIMER_DISCARDED, TIMER_PAUSED, TIMER_RESUMED, TIMER_STARTED, TIMER_STOPPED
from mainspring.work.models.catalogue import Service
from mainspring.work.models.charge import open_ticket
from mainspring.work.models.labour import Labour, book_time


class TimerQuerySet(models.QuerySet["Timer"]):
    def with_work(self) -> "TimerQuerySet":
        return self.select_related("ticket", "service__tax", "person")


FORGOTTEN_AFTER = timedelta(hours=8)
"""A timer that ran so long without a pause asks for the time before it becomes labour."""


class Timer(models.Model):
    """A technician's time on a ticket: one of his runs at most, others stand. Stopped it becomes labour and is gone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    resumed_at = models.DateTimeField(null=True, default=timezone.now, help_text="Empty while it is paused.")
    counted = models.PositiveIntegerField(default=0, help_text="Seconds before it went on last.")

    objects = TimerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_running_timer_per_technician",
                fields=["person"],
                condition=models.Q(resumed_at__isnull=False),
            ),
            models.UniqueConstraint(name="one_timer_per_technician_and_work", fields=["person", "ticket", "service"]),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.service}"

    @classmethod
    def of(cls, person: Person) -> "Timer | None":
        """This person's running timer, with its ticket and service."""
        return cls.objects.with_work().filter(person=person, resumed_at__isnull=False).first()

    @classmethod
    def at_hand(cls, person: Person) -> "Timer | None":
        """The one that runs; else the one that he paused, the latest started."""
        return next(iter(_at_hand(person.pk)), None)

    @property
    def is_running(self) -> bool:
        return self.resumed_at is not None

    @property
    def seconds(self) -> int:
        running = timezone.now() - self.resumed_at if self.resumed_at else timedelta()
        return self.counted + max(int(running.total_seconds()), 0)

    @property
    def minutes(self) -> int:
        """Minutes so far; a begun minute counts, and there is at least one."""
        return max(-(-self.seconds // 60), 1)

    @property
    def is_forgotten(self) -> bool:
        """Whether it ran so long that somebody should say how long the work was."""
        return self.resumed_at is not None and timezone.now() - self.resumed_at > FORGOTTEN_AFTER

    @transaction.atomic
    def pause(self, *, by: Actor | None) -> None:
        """Its time stands until he goes on with it (`start_timer`)."""
        if self._is_there() and self.is_running:
            self.counted, self.resumed_at = self.seconds, None
            self.save(update_fields=["counted", "resumed_at"])
            told = {"name": str(self.service), "time": clock(self.minutes)}
            record(TIMER_PAUSED, self, by=by, stream=self.ticket, data=told)

    @transaction.atomic
    def stop(self, *, by: Actor | None, minutes: int | None = None) -> Labour | None:
        """Its time, or the `minutes` it is said to be, become labour. None when somebody stopped it a moment ago."""
        self._is_there()
        minutes = self.minutes if minutes is None else minutes
        if not self._end():
            return None
        told = {"name": str(self.service), "person": self.person.name, "minutes": minutes, "time": clock(minutes)}
        record(TIMER_STOPPED, self, by=by, stream=self.ticket, data=told)
        return book_time(
            self.ticket, self.service, person=self.person, by=by, started_at=self.started_at, minutes=minutes
        )

    @transaction.atomic
    def discard(self, *, by: Actor | None) -> None:
        """Its time counts for nothing."""
        minutes = self.minutes
        if self._end():
            told = {"name": str(self.service), "minutes": minutes, "time": clock(minutes)}
            record(TIMER_DISCARDED, self, by=by, stream=self.ticket, data=told)

    def go_on(self) -> None:
        """From where it stood. Whoever calls has seen to it that no other one of his runs."""
        self.resumed_at = timezone.now()
        self.save(update_fields=["resumed_at"])
        record(TIMER_RESUMED, self, by=self.person, stream=self.ticket, data={"name": str(self.service)})

    def _is_there(self) -> bool:
        """Lock the ticket, and see how the timer stands by now: he may have it open in two windows."""
        Ticket.objects.select_for_update().get(pk=self.ticket_id)
        now = Timer.objects.filter(pk=self.pk).values("counted", "resumed_at").first()
        if now is not None:
            self.counted, self.resumed_at = now["counted"], now["resumed_at"]
        return now is not None

    def _end(self) -> bool:
        """Whether it was us who ended it. Keeps the id, which the events name."""
        ended, _each = Timer.objects.filter(pk=self.pk).delete()
        return bool(ended)


@transaction.atomic
def start_timer(ticket: Ticket, service: Service, *, by: Person) -> Timer:
    """Time runs for this technician from now; the ticket is being worked on. Raises Locked.

    His running timer, if any, becomes labour. Started again for the same service and ticket, it runs on, and a paused
    one goes on.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    running = Timer.of(by)
    paused = Timer.objects.with_work().filter(person=by, ticket=ticket, service=service, resumed_at=None).first()
    if running and (running.ticket_id, running.service_id) == (ticket.pk, service.pk):
        return running
    elif running:
        _lock_in_order(ticket, running.ticket)
        running.stop(by=by)
    open_ticket(ticket)
    timer = paused or Timer.objects.create(person=by, ticket=ticket, service=service)
    if paused:
        timer.go_on()
    else:
        record(TIMER_STARTED, timer, by=by, stream=ticket, data={"name": str(service)})
    ticket.start_work(by=by)
    return timer


def _lock_in_order(*tickets: Ticket) -> None:
    """Two technicians who change places wait for one another, not both for ever."""
    list(Ticket.objects.select_for_update().filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk"))


def clock(minutes: int) -> str:
    """A span of work in a sentence: 1:05."""
    return f"{minutes // 60}:{minutes % 60:02}"


@prepared
def _at_hand(person: int) -> TimerQuerySet:
    his = Timer.objects.with_work().filter(person=person)
    return his.order_by(models.F("resumed_at").desc(nulls_last=True), "-started_at")[:1]

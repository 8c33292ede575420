"""Timers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mainspring.events.models import Event
from mainspring.tickets.models import StatusKind, Ticket
from mainspring.work.models import Labour, Locked, Timer, add_service, start_timer
from mainspring.work.tests.shelf import diagnostic, open_ticket, repair
from world import World


def ran_for(timer: Timer, minutes: float) -> Timer:
    """The same timer, started so long ago."""
    timer.started_at = timezone.now() - timedelta(minutes=minutes)
    timer.save(update_fields=["started_at"])
    return timer


def test_a_timer_starts_work_and_survives(world: World) -> None:
    ticket = open_ticket(world)
    timer = start_timer(ticket, repair(world), by=world.tess)
    assert ticket.status.kind == StatusKind.IN_PROGRESS
    assert Timer.of(world.tess) == timer
    assert Timer.of(world.max) is None


def test_stopping_makes_labour_of_the_time(world: World) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 39.5)
    labour = timer.stop(by=world.tess)
    assert labour and (labour.minutes, labour.billed_minutes, labour.person) == (40, 45, world.tess)
    assert labour.started_at == timer.started_at and labour.ended_at
    assert timer.stop(by=world.tess) is None
    assert Labour.objects.count() == Event.objects.filter(kind="timer.stopped").count() == 1


def test_a_moment_counts_as_a_minute(world: World) -> None:
    assert start_timer(open_ticket(world), repair(world), by=world.tess).minutes == 1


def test_starting_elsewhere_books_the_time_of_the_first(world: World) -> None:
    service, first, second = repair(world), open_ticket(world), open_ticket(world)
    ran_for(start_timer(first, service, by=world.tess), 50)
    start_timer(second, service, by=world.tess)
    assert Labour.objects.get().ticket == first
    assert Timer.objects.get().ticket == second


def test_starting_the_same_again_runs_on(world: World) -> None:
    service, ticket = repair(world), open_ticket(world)
    first = start_timer(ticket, service, by=world.tess)
    assert start_timer(ticket, service, by=world.tess) == first
    assert not Labour.objects.exists()


def test_each_technician_has_his_own_and_the_database_allows_one(world: World) -> None:
    service, ticket = repair(world), open_ticket(world)
    start_timer(ticket, service, by=world.tess)
    start_timer(ticket, service, by=world.max)
    assert Timer.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Timer.objects.create(person=world.tess, ticket=ticket, service=service)


def test_discarded_time_counts_for_nothing(world: World) -> None:
    timer = start_timer(open_ticket(world), repair(world), by=world.tess)
    timer.discard(by=world.tess)
    assert not Labour.objects.exists() and Timer.of(world.tess) is None
    assert Event.objects.filter(kind="timer.discarded").count() == 1


def test_time_on_a_flat_service_joins_it(world: World) -> None:
    service, ticket = diagnostic(world), open_ticket(world)
    fee = add_service(ticket, service, by=world.fay)
    ran_for(start_timer(ticket, service, by=world.tess), 19.5).stop(by=world.tess)
    assert Labour.objects.get() == fee
    fee.refresh_from_db()
    assert (fee.minutes, fee.amount("USD")) == (20, 10)


@pytest.mark.parametrize("done", ["resolve", "close"])
def test_a_done_ticket_stops_its_timers_first(world: World, done: str) -> None:
    ticket = open_ticket(world)
    ran_for(start_timer(ticket, repair(world), by=world.tess), 31)
    getattr(ticket, done)(by=world.max)
    assert Labour.objects.get().billed_minutes == 45
    assert not Timer.objects.exists()


def test_no_timer_starts_on_a_ticket_that_is_done(world: World) -> None:
    ticket = open_ticket(world)
    Ticket.objects.get(pk=ticket.pk).close(by=world.max)
    with pytest.raises(Locked):
        start_timer(ticket, repair(world), by=world.tess)

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
    timer.started_at = timer.resumed_at = timezone.now() - timedelta(minutes=minutes)
    timer.save(update_fields=["started_at", "resumed_at"])
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


def test_a_paused_timer_stands_and_goes_on_from_there(world: World) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 29.5)
    timer.pause(by=world.tess)
    timer.pause(by=world.tess)
    assert Timer.of(world.tess) is None and Timer.at_hand(world.tess) == timer
    assert (timer.minutes, timer.is_running) == (30, False)
    again = start_timer(timer.ticket, timer.service, by=world.tess)
    assert again == timer and again.is_running
    again.resumed_at = timezone.now() - timedelta(minutes=20)
    again.save()
    labour = again.stop(by=world.tess)
    assert labour and (labour.minutes, labour.started_at) == (50, timer.started_at)
    told = list(Event.objects.filter(kind__startswith="timer.").order_by("id").values_list("kind", flat=True))
    assert told == ["timer.started", "timer.paused", "timer.resumed", "timer.stopped"]


def test_one_of_his_runs_while_others_stand(world: World) -> None:
    service, first, second = repair(world), open_ticket(world), open_ticket(world)
    timer = start_timer(first, service, by=world.tess)
    timer.pause(by=world.tess)
    other = start_timer(second, service, by=world.tess)
    assert Timer.of(world.tess) == Timer.at_hand(world.tess) == other
    assert not Labour.objects.exists()
    start_timer(first, service, by=world.tess)
    assert Timer.of(world.tess) == timer
    assert Labour.objects.get().ticket == second, "going on elsewhere books the time of what ran"
    with pytest.raises(IntegrityError), transaction.atomic():
        Timer.objects.create(person=world.tess, ticket=second, service=service)


def test_a_timer_paused_in_another_window_counts_no_further(world: World) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 60)
    stale = Timer.objects.with_work().get(pk=timer.pk)
    timer.pause(by=world.tess)
    Timer.objects.update(counted=1200)
    labour = stale.stop(by=world.tess)
    assert labour and labour.minutes == 20


def test_a_paused_timer_is_stopped_with_the_ticket(world: World) -> None:
    ticket = open_ticket(world)
    ran_for(start_timer(ticket, repair(world), by=world.tess), 10).pause(by=world.tess)
    ticket.resolve(by=world.max)
    assert Labour.objects.get().minutes == 10 and not Timer.objects.exists()


def test_one_that_ran_very_long_is_forgotten_until_it_stands(world: World) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 60 * 7)
    assert not timer.is_forgotten
    assert ran_for(timer, 60 * 9).is_forgotten
    timer.pause(by=world.tess)
    assert not timer.is_forgotten


def test_the_time_said_counts_instead_of_what_ran(world: World) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 60 * 9)
    labour = timer.stop(by=world.tess, minutes=50)
    assert labour and (labour.minutes, labour.billed_minutes) == (50, 60)

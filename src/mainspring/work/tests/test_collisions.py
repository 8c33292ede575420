"""Two windows, two technicians, one moment: what must happen once happens once."""

import pytest

from mainspring.accounts.models import Person
from mainspring.inventory.models import Movement
from mainspring.inventory.tests.test_collisions import PEOPLE, collisions, rush
from mainspring.tickets.models import Ticket
from mainspring.work.models import Labour, Timer, UsedPart, start_timer, use_part
from mainspring.work.tests.shelf import fuser, open_ticket, repair
from world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def busy() -> World:
    return build_world()


def test_a_timer_started_in_fifty_windows_runs_once(busy: World) -> None:
    ticket, service = open_ticket(busy), repair(busy)
    attempts = rush(lambda: start_timer(ticket, service, by=busy.tess), over=Person.objects.all())
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert (Timer.objects.count(), Labour.objects.count()) == (1, 0)


def test_a_timer_stopped_in_fifty_windows_books_its_time_once(busy: World) -> None:
    timer = start_timer(open_ticket(busy), repair(busy), by=busy.tess)
    attempts = rush(lambda: Timer.stop(timer, by=busy.tess), over=Ticket.objects.all())
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert (Timer.objects.count(), Labour.objects.count()) == (0, 1)


def test_a_part_taken_back_by_fifty_returns_once(busy: World) -> None:
    product = fuser(busy)
    part = use_part(open_ticket(busy), product, 2, by=busy.tess)
    attempts = rush(lambda: UsedPart.objects.get(pk=part.pk).take_back(by=busy.tess), over=Ticket.objects.all())
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert all(attempt.succeeded for attempt in attempts) and len(attempts) == PEOPLE
    product.refresh_from_db()
    assert product.on_hand == product.recount() == 10
    assert Movement.objects.filter(kind=Movement.Kind.RETURNED).count() == 1


def test_fifty_tickets_want_the_last_ten_parts(busy: World) -> None:
    product = fuser(busy)
    ticket = open_ticket(busy)
    attempts = rush(
        lambda: use_part(ticket, type(product).objects.get(pk=product.pk), 1, by=busy.tess), over=Ticket.objects.all()
    )
    assert collisions(attempts) == PEOPLE, "Nothing collided: this run proves nothing."
    assert sum(attempt.succeeded for attempt in attempts) == UsedPart.objects.count() == 10
    product.refresh_from_db()
    assert product.on_hand == product.recount() == 0

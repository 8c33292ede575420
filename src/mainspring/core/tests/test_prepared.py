"""A query that is built once gives what Django would have given, for every argument."""

from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from mainspring.core.prepared import prepared
from mainspring.tickets.models import Message, Ticket
from world import World

pytestmark = pytest.mark.django_db


@prepared
def by_number(number: int) -> QuerySet[Ticket]:
    return Ticket.objects.with_people().annotate(told=Count("messages")).filter(number=number)


@prepared
def words_of(subject: str, from_: int) -> QuerySet[Ticket, tuple[Any, ...]]:
    found = Ticket.objects.filter(number__gte=from_, subject=subject).order_by("number")
    return found.values_list("number", Concat(Value("50% #"), F("subject")), "opened_at")


@prepared
def of_these(from_: int, *numbers: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(number__gte=from_, number__in=numbers).order_by("number")


def opened(world: World, subject: str) -> Ticket:
    return Ticket.objects.open(subject, by=world.tess, contact=world.carol)


def plainly(number: int) -> Ticket:
    return Ticket.objects.with_people().annotate(told=Count("messages")).get(number=number)


def test_rows_are_those_that_django_gives(world: World) -> None:
    tickets = [opened(world, f"Printer {n}") for n in range(3)]
    tickets[1].write_internally("x", by=world.tess)
    for ticket in tickets:
        [found], wanted = by_number(ticket.number), plainly(ticket.number)
        assert found == wanted and found.__dict__.keys() == wanted.__dict__.keys()
        assert found.__dict__["told"] == wanted.__dict__["told"]
        with CaptureQueriesContext(connection) as asked:
            assert found.contact == ticket.contact and found.status == ticket.status
        assert len(asked) == 0


def test_nothing_of_one_question_is_left_for_the_next(world: World) -> None:
    first, second = (opened(world, subject) for subject in ("A 100% printer", "A phone"))
    assert by_number(first.number) == [first] and by_number(second.number) == [second] and by_number(7) == []
    Ticket.objects.filter(pk=first.pk).update(subject=second.subject)
    assert by_number(first.number)[0].subject == second.subject
    assert words_of("A phone", 0) == [(one.number, "50% #A phone", one.opened_at) for one in (first, second)]
    assert words_of("A phone", second.number) == [(second.number, "50% #A phone", second.opened_at)]
    assert words_of("A 100% printer", 0) == []


def test_of_many_each_is_asked_for_and_no_other(world: World) -> None:
    tickets = [opened(world, f"Printer {n}") for n in range(9)]
    numbers = [ticket.number for ticket in tickets]
    for many in range(10):
        assert of_these(0, *numbers[:many]) == tickets[:many], many
        assert of_these(numbers[1], *reversed(numbers[:many])) == tickets[1:many], many
    assert len([key for key in connections["default"].__dict__["prepared"] if key[0] is of_these]) == 5, (
        "1, 2, 4, 8 and 16"
    )


def test_what_no_column_can_hold_is_found_nowhere(world: World) -> None:
    assert by_number(10**30) == [] and by_number(-(10**30)) == []


def test_an_argument_that_the_query_leaves_out_or_changes_is_a_mistake() -> None:
    @prepared
    def careless(ticket: int, person: int) -> QuerySet[Message]:
        return Message.objects.filter(ticket=ticket)

    @prepared
    def changing(subject: str) -> QuerySet[Ticket]:
        return Ticket.objects.filter(subject__startswith=subject)

    with pytest.raises(TypeError, match="careless"):
        careless(1, 2)
    with pytest.raises(TypeError, match="changing"):
        changing("x")

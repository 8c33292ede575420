"""One act on many tickets: by the ticket's own verbs, each for itself, with a report and a way back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.events.models import Event
from mainspring.tickets.models import BulkChange, Status, StatusKind, Ticket
from world import World

SignIn = Callable[[Person], Client]
DO = "/psa/tickets/change"


def open_tickets(world: World, count: int = 3, **more: Any) -> list[Ticket]:
    return [Ticket.objects.open(f"Printer {n}", by=world.fay, contact=world.carol, **more) for n in range(count)]


def numbers(tickets: list[Ticket]) -> list[str]:
    return [str(ticket.number) for ticket in tickets]


def again(tickets: list[Ticket]) -> list[Ticket]:
    return [Ticket.objects.with_people().get(pk=ticket.pk) for ticket in tickets]


def test_many_are_given_to_a_colleague_each_with_its_own_event_and_taken_back(world: World, as_person: SignIn) -> None:
    tickets = open_tickets(world)
    tickets[2].assign(world.max, by=world.fay)
    client = as_person(world.ada)
    client.post(DO, {"number": numbers(tickets), "act": f"assign:{world.tess.pk}"})
    assert {ticket.assignee for ticket in again(tickets)} == {world.tess}
    given = Event.objects.filter(kind="ticket.assigned", actor=world.ada.actor_key)
    assert {event.stream for event in given} == {f"ticket:{ticket.pk}" for ticket in tickets}
    again(tickets)[0].assign(world.fay, by=world.fay)
    client.post(f"{DO}/{BulkChange.objects.get().pk}/undo")
    assert [ticket.assignee for ticket in again(tickets)] == [world.fay, None, world.max], "what changed since stays"
    assert client.post(f"{DO}/{BulkChange.objects.get().pk}/undo").status_code == 409


def test_priority_due_and_status_change_and_go_back(world: World, as_person: SignIn) -> None:
    tickets, client = open_tickets(world, priority=2), as_person(world.tess)
    waiting = Status.first_of(StatusKind.WAITING_CUSTOMER)
    due = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)
    for asked in (
        {"act": "priority:4"},
        {"act": f"status:{waiting.pk}"},
        {"act": "due:", "due_at": due.strftime("%Y-%m-%dT%H:%M")},
    ):
        assert client.post(DO, {"number": numbers(tickets), **asked}).status_code == 303
    changed = again(tickets)
    assert {(one.priority, one.status, one.due_at.replace(tzinfo=None)) for one in changed if one.due_at} == {
        (4, waiting, due.astimezone(timezone.get_current_timezone()).replace(tzinfo=None))
    } or len({one.due_at for one in changed}) == 1
    for change in BulkChange.objects.order_by("-pk"):
        client.post(f"{DO}/{change.pk}/undo")
    assert {(one.priority, one.status.kind, one.due_at) for one in again(tickets)} == {(2, StatusKind.NEW, None)}


def test_closing_bills_each_says_what_was_left_and_why_and_has_no_way_back(world: World, as_person: SignIn) -> None:
    tickets, client = open_tickets(world), as_person(world.tess)
    tickets[0].close(by=world.tess)
    asked = {"number": [*numbers(tickets), "999999"], "act": "close:", "back": "/psa/tickets/?q=printer"}
    answer = client.post(DO, asked)
    change = BulkChange.objects.get()
    assert answer.headers["Location"] == f"/psa/tickets/?q=printer&change={change.pk}"
    assert all(ticket.status.kind == StatusKind.CLOSED for ticket in again(tickets))
    assert (len(change.done), change.so_before, change.left) == (2, 1, {"999999": "There is no such ticket."})
    page = client.get(answer.headers["Location"]).content.decode()
    assert "2 tickets: Closed. 1 was so before. 1 was left as it is." in page and "There is no such ticket." in page
    assert client.post(f"{DO}/{change.pk}/undo").status_code == 409


def test_who_may_not_close_closes_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = open_tickets(world)
    monkeypatch.setattr(Person, "may", lambda self, permission: str(permission) != "tickets.close")
    change = BulkChange(person=world.tess, act="close")
    change.go_on([ticket.number for ticket in tickets])
    assert set(change.left.values()) == {"Your role can't resolve, close or reopen tickets."}
    assert not change.done and all(ticket.is_open for ticket in again(tickets))


def test_what_one_ticket_refuses_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = open_tickets(world)
    refused, amend = tickets[1].pk, Ticket.amend

    def moody(self: Ticket, **more: Any) -> None:
        amend(self, **more)
        if self.pk == refused:
            raise ValidationError("Not this one.")

    monkeypatch.setattr(Ticket, "amend", moody)
    change = BulkChange(person=world.tess, act="priority", value="4")
    change.go_on([ticket.number for ticket in tickets])
    assert [ticket.priority for ticket in again(tickets)] == [4, 2, 4], "its transaction is undone, theirs stand"
    assert change.left == {str(tickets[1].number): "Not this one."}


@pytest.mark.parametrize("act", ["", "nonsense:1", "assign:999999", "priority:9", "priority:x", "status:0", "due:"])
def test_what_can_not_be_meant_is_refused_in_plain_words(world: World, as_person: SignIn, act: str) -> None:
    tickets = open_tickets(world, 1)
    asked = {"number": numbers(tickets), "act": act, "due_at": "31st of February"}
    assert as_person(world.tess).post(DO, asked).status_code == 422
    assert not BulkChange.objects.exists()


def test_pieces_add_up_to_one_change(world: World, as_person: SignIn) -> None:
    tickets, client = open_tickets(world, 5), as_person(world.tess)
    json = {"Accept": "application/json"}
    first = client.post(DO, {"number": numbers(tickets[:2]), "act": "priority:4", "more": "1"}, headers=json).json()
    last = client.post(
        DO, {"number": numbers(tickets[2:]), "act": "priority:4", "change": first["change"]}, headers=json
    ).json()
    assert last == {"go": "/psa/tickets/"}
    assert len(BulkChange.objects.get().done) == 5


def test_another_persons_change_is_not_gone_on_with(world: World, as_person: SignIn) -> None:
    tickets = open_tickets(world, 2)
    theirs = BulkChange.objects.create(person=world.max, act="priority", value="4")
    as_person(world.tess).post(DO, {"number": numbers(tickets), "act": "priority:3", "change": str(theirs.pk)})
    assert {ticket.priority for ticket in again(tickets)} == {3}
    theirs.refresh_from_db()
    assert theirs.done == {}


def test_all_that_fit_are_named_by_their_numbers(world: World, as_person: SignIn) -> None:
    tickets = open_tickets(world, 4)
    tickets[0].close(by=world.tess)
    found = as_person(world.tess).get("/psa/tickets/numbers?q=is:open").json()["numbers"]
    assert set(map(str, found)) == set(numbers(tickets[1:]))

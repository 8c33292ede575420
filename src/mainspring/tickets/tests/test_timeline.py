"""The timeline: narrowed by chapter and person, turned page by page."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mainspring.events.kinds import KINDS
from mainspring.events.models import Event, reference
from mainspring.tickets.events import TICKET_AMENDED
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import chapters
from mainspring.tickets.timeline import PAGE
from world import AsPerson, World

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def story(client: Client, ticket: Ticket, **asked: str) -> list[str]:
    """The sentences of a page of the story."""
    answer = client.get(f"/psa/tickets/{ticket.number}/timeline", asked, headers=PART)
    assert answer.status_code == 200
    return re.findall(r'class="event-text"><span dir="auto">(.*?)</span>', answer.content.decode())


def test_the_story_is_narrowed_to_what_and_who(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    ticket.write("We look at it.", by=world.tess)
    ticket.customer_replied("Thanks", by=world.carol)
    ticket.assign(world.tess, by=world.max)
    desk = as_person(world.tess)
    assert story(desk, ticket, chapter="conversation") == ["Carol Mizrahi replied", "Tess Amir wrote to the customer"]
    assert story(desk, ticket, who=world.max.actor_key) == ["Max Stern gave the ticket to Tess Amir"]
    assert story(desk, ticket, chapter="fields", who=world.fay.actor_key) == ["Fay Cohen opened the ticket"]
    assert story(desk, ticket, chapter="work") == []


def test_every_kind_of_event_of_a_ticket_is_in_one_chapter(world: World, ticket: Ticket) -> None:
    """What happens to tickets, on them and around them; what no chapter names is found under everything."""
    filled = chapters.fill(ticket, world.ada)
    for name in KINDS:
        if name.startswith(("ticket.", "note.", "service.", "timer.", "part.", "invoice.", "payment.", "mail.")):
            assert sum(name.startswith(chapter.beginnings) for chapter in filled) == 1, name


def test_what_changed_is_told_in_words_and_not_by_the_names_of_columns(world: World, ticket: Ticket) -> None:
    ticket.amend(by=world.tess, subject="Screen dark", device_condition="Cracked")
    assert str(Event.objects.latest("id")) == "Tess Amir changed what is wrong, the condition"
    ticket.move_due(datetime(2026, 5, 4, 15, 30, tzinfo=UTC), by=world.tess)
    assert "May 4, 2026" in str(Event.objects.latest("id"))
    with translation.override("he"):
        assert "4 במאי 2026" in str(Event.objects.latest("id"))


def test_pages_lead_to_the_first_event_and_repeat_none(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    for n in range(PAGE + 20):
        ticket.record(TICKET_AMENDED, by=world.tess, fields=f"field {n}")
    desk = as_person(world.ada)
    first = desk.get(f"/psa/tickets/{ticket.number}/?tab=timeline").content.decode()
    (address,) = re.findall(r'hx-get="(/psa/tickets/\d+/timeline\?[^"]*before=\d+)"', first)
    rest = desk.get(address.replace("&amp;", "&"), headers=PART).content.decode()
    told = re.findall(r"changed field (\d+)", first + rest)
    assert told == [str(n) for n in reversed(range(PAGE + 20))]
    assert "opened the ticket" in rest and "before=" not in rest


def test_five_thousand_events_take_as_many_statements_as_five(
    world: World, ticket: Ticket, as_person: AsPerson
) -> None:
    desk = as_person(world.ada)
    for n in range(5):
        ticket.record(TICKET_AMENDED, by=world.tess, fields=f"field {n}")
    few = statements(desk, ticket)
    told = {"kind": TICKET_AMENDED.name, "subject": reference(ticket), "stream": reference(ticket)}
    Event.objects.bulk_create(
        Event(**told, actor=f"person:{n % 7}", actor_name=f"Person {n % 7}", data={"fields": f"{n}"})
        for n in range(5_000)
    )
    assert statements(desk, ticket) == few
    assert len(story(desk, ticket)) == PAGE


@pytest.mark.parametrize("asked", ["before=x", "before=" + "9" * 40, "chapter=%00", "who=%00", "who=person:999999"])
def test_nonsense_in_the_address_is_a_page_all_the_same(
    world: World, ticket: Ticket, as_person: AsPerson, asked: str
) -> None:
    desk = as_person(world.ada)
    assert desk.get(f"/psa/tickets/{ticket.number}/?tab=timeline&{asked}").status_code == 200
    answer = desk.get(f"/psa/tickets/{ticket.number}/timeline?{asked}")
    assert answer.status_code == 303 and "tab=timeline" in answer.headers["Location"]


def statements(client: Client, ticket: Ticket) -> int:
    """Of the tab and of its next choice."""
    client.get(f"/psa/tickets/{ticket.number}/?tab=timeline")
    with CaptureQueriesContext(connection) as caught:
        client.get(f"/psa/tickets/{ticket.number}/?tab=timeline")
        client.get(f"/psa/tickets/{ticket.number}/timeline?chapter=fields", headers=PART)
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])

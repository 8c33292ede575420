"""Statuses are the shop's own words over fixed kinds; the automation goes by the kinds, and each rule can be off."""

from typing import Any

import pytest
from django.core.cache import cache

from mainspring.billing.models import Invoice
from mainspring.billing.settling import settle
from mainspring.events.models import Event
from mainspring.tickets.models import Automation, Status, StatusKind, Ticket
from mainspring.work.models import add_service, start_timer
from mainspring.work.tests.shelf import repair
from world import World

pytestmark = pytest.mark.django_db

NAMES = [
    "New", "Open", "Waiting Customer Reply", "Customer Replied", "In Progress", "Pending Parts", "Resolved", "Closed",
]  # fmt: skip


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("It does not start", by=world.fay, contact=world.carol)


def kind_of(ticket: Ticket) -> str:
    return Ticket.objects.select_related("status").get(pk=ticket.pk).status.kind


def switch_off(**rules: bool) -> None:
    Automation.objects.update_or_create(pk=1, defaults=rules)


def test_the_eight_statuses_of_the_document_are_there(world: World) -> None:
    assert [str(status) for status in Status.objects.all()] == NAMES


def test_a_status_gets_a_colour_of_the_palette_and_no_other(world: World, as_person: Any, ticket: Ticket) -> None:
    client, told = as_person(world.max), {"name_en": "New", "kind": "new", "order": "0"}
    address = f"/psa/settings/statuses/{ticket.status_id}/edit"
    assert 'class="status status-new"' in client.get("/psa/tickets/").content.decode(), "the colour of its kind"
    assert client.post(address, {**told, "colour": "violet"}).status_code == 303
    cache.clear()
    for page in ("/psa/tickets/", "/psa/settings/statuses/", f"/psa/customers/{ticket.contact_id}/"):
        assert 'class="status status-new colour-violet"' in client.get(page).content.decode(), page
    for wrong in ("#ff0000", "violet; background: url(x)", "ultraviolet"):
        assert client.post(address, {**told, "colour": wrong}).status_code == 422
    assert client.post(address, {**told, "colour": ""}).status_code == 303
    assert Status.objects.get(pk=ticket.status_id).colour == ""


def test_a_status_is_renamed_in_both_languages(world: World, as_person: Any) -> None:
    pending = Status.first_of(StatusKind.WAITING_THIRD_PARTY)
    told = {"name_en": "Parts on order", "name_he": "חלקים בהזמנה", "order": "5"}
    assert as_person(world.max).post(f"/psa/settings/statuses/{pending.pk}/edit", told).status_code == 303
    pending.refresh_from_db()
    assert (pending.name["he"], pending.kind) == ("חלקים בהזמנה", StatusKind.WAITING_THIRD_PARTY)
    assert Event.objects.filter(kind="status.changed").exists()


def test_a_kind_is_not_changed_by_a_forged_form(world: World, as_person: Any) -> None:
    new = Status.first_of(StatusKind.NEW)
    as_person(world.max).post(
        f"/psa/settings/statuses/{new.pk}/edit", {"name_en": "New", "order": "0", "kind": "closed"}
    )
    new.refresh_from_db()
    assert new.kind == StatusKind.NEW


def test_a_further_status_of_a_kind_is_added_and_taken_away(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    client.post("/psa/settings/statuses/add", {"name_en": "On the bench", "kind": "in_progress", "order": "9"})
    bench = Status.objects.get(name__en="On the bench")
    assert client.post(f"/psa/settings/statuses/{bench.pk}/remove").status_code == 303
    assert not Status.objects.filter(pk=bench.pk).exists()


def test_the_last_of_a_kind_and_one_in_use_stay(world: World, as_person: Any, ticket: Ticket) -> None:
    client = as_person(world.max)
    assert client.post(f"/psa/settings/statuses/{ticket.status_id}/remove").status_code == 409
    closed = Status.first_of(StatusKind.CLOSED)
    assert "last status of its kind" in client.post(f"/psa/settings/statuses/{closed.pk}/remove").content.decode()


@pytest.mark.parametrize(("on", "kind"), [(True, StatusKind.WAITING_CUSTOMER), (False, StatusKind.NEW)])
def test_a_question_waits_for_the_customer(world: World, ticket: Ticket, on: bool, kind: str) -> None:
    switch_off(question_waits=on)
    ticket.write("Which tray?", by=world.tess, question=True)
    assert kind_of(ticket) == kind


@pytest.mark.parametrize(("on", "kind"), [(True, StatusKind.CUSTOMER_REPLIED), (False, StatusKind.NEW)])
def test_an_answer_is_noted(world: World, ticket: Ticket, on: bool, kind: str) -> None:
    switch_off(reply_is_noted=on)
    ticket.customer_replied("The second.", by=world.carol)
    assert kind_of(ticket) == kind


@pytest.mark.parametrize(("on", "kind"), [(True, StatusKind.IN_PROGRESS), (False, StatusKind.NEW)])
def test_a_timer_starts_the_work(world: World, ticket: Ticket, on: bool, kind: str) -> None:
    switch_off(timer_starts_work=on)
    start_timer(ticket, repair(world), by=world.tess)
    assert kind_of(ticket) == kind


@pytest.mark.parametrize(("on", "kind"), [(True, StatusKind.CLOSED), (False, StatusKind.RESOLVED)])
def test_the_paid_ticket_closes(world: World, ticket: Ticket, on: bool, kind: str) -> None:
    switch_off(paid_closes=on)
    add_service(ticket, repair(world), by=world.tess, minutes=60)
    ticket.resolve(by=world.tess)
    final = Invoice.objects.get(ticket=ticket)
    settle(final, final.total, method="cash", by=world.fay)
    assert kind_of(ticket) == kind

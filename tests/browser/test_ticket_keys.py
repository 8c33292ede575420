"""The ticket page without a mouse: each act by its key, and the list of the keys read off the page."""

import pytest
from playwright.sync_api import expect

from browser.conftest import Sit
from mainspring.tickets.models import Priority, StatusKind, Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def test_status_priority_and_technician_are_changed_by_keys(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=overview")
    for key, chosen in (("s", "Open"), ("p", "High"), ("a", "Max Stern")):
        page.keyboard.press(key)
        item = page.locator("details[open] .menu-item", has_text=chosen).first
        expect(item).to_be_visible()
        while not item.evaluate("item => item === document.activeElement"):
            page.keyboard.press("ArrowDown")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.status.kind, ticket.priority, ticket.assignee) == (StatusKind.OPEN, Priority.HIGH, world.max)


@pytest.mark.parametrize(("key", "kind"), [("r", "general"), ("n", "internal")])
def test_a_note_is_begun_from_any_tab(world: World, ticket: Ticket, sit_down: Sit, key: str, kind: str) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=timeline")
    page.keyboard.press(key)
    expect(page.locator("#composer_text")).to_be_focused()
    expect(page.locator(f"[name=kind][value={kind}]")).to_be_checked()


def test_brackets_lead_from_tab_to_tab(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=overview")
    page.keyboard.press("]")
    expect(page.locator(".tab.is-here")).to_contain_text("Notes")
    page.keyboard.press("[")
    expect(page.locator(".tab.is-here")).to_contain_text("Overview")


def test_the_list_of_keys_is_this_pages(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/")
    page.keyboard.press("?")
    listed = {
        row.locator("dt").inner_text(): row.locator("dd").inner_text().split()
        for row in page.locator("#keys .keys > div:visible").all()
    }
    assert listed["Change the status"] == ["s"] and listed["Change the priority"] == ["p"]
    assert listed["Reply to Carol Mizrahi"] == ["r"] and listed["Internal note"] == ["n"]
    assert listed["Tickets"] == ["g", "t"] and listed["Change subject and device"] == ["e"]
    assert "Next row" not in listed, "there are no rows on this page"

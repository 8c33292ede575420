"""The list by keyboard and mouse: choosing many, changing them, taking it back, views and filters."""

import pytest
from playwright.sync_api import expect

from browser.conftest import Sit
from mainspring.tickets.models import SavedView, Ticket
from world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return build_world()


def open_tickets(world: World, count: int) -> None:
    for n in range(count):
        Ticket.objects.open(f"Printer {n}", by=world.fay, contact=world.carol, priority=2)


def test_rows_are_chosen_and_changed_by_keyboard_alone_and_taken_back(world: World, sit_down: Sit) -> None:
    open_tickets(world, 6)
    page = sit_down(world.tess)
    page.goto("/psa/tickets/?q=is:open&sort=number")
    for key in ("j", "x", "j", "j", "X"):
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("3 chosen")
    page.keyboard.press("p")
    page.get_by_role("button", name="Urgent").click()
    expect(page.locator(".toast-line")).to_contain_text("3 tickets: priority Urgent.")
    assert list(Ticket.objects.order_by("number").values_list("priority", flat=True)) == [4, 4, 4, 2, 2, 2]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast-line")).to_contain_text("Taken back on 3 tickets.")
    assert set(Ticket.objects.values_list("priority", flat=True)) == {2}


def test_shift_chooses_all_between_and_escape_none(world: World, sit_down: Sit) -> None:
    open_tickets(world, 6)
    page = sit_down(world.tess)
    page.goto("/psa/tickets/")
    boxes = page.locator("input[name=number]")
    boxes.nth(4).click()
    boxes.nth(1).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("4 chosen")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_all_that_fit_are_changed_in_pieces(world: World, sit_down: Sit) -> None:
    open_tickets(world, 55)
    page = sit_down(world.tess)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/tickets/change") else None)
    page.goto("/psa/tickets/?q=is:open")
    page.keyboard.press("a")
    expect(page.locator("[data-bulk-count]")).to_have_text("50 chosen")
    page.get_by_role("button", name="All that fit").click()
    expect(page.locator("[data-bulk-count]")).to_have_text("55 chosen")
    page.locator("#bulk").get_by_text("Technician").click()
    page.locator("#bulk").get_by_role("button", name="Me").click()
    expect(page.locator(".toast-line")).to_contain_text("55 tickets given to Tess Amir.", timeout=60_000)
    assert len(sent) == 3
    assert Ticket.objects.filter(assignee=world.tess).count() == 55


def test_a_filter_is_clicked_together_and_saved_as_a_view(world: World, sit_down: Sit) -> None:
    open_tickets(world, 2)
    page = sit_down(world.tess)
    page.goto("/psa/tickets/")
    page.locator(".filters summary", has_text="Priority").click()
    page.locator(".filters").get_by_role("button", name="Medium").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator("#total")).to_have_text("2 tickets")
    page.keyboard.press("v")
    page.get_by_role("textbox", name="Name").fill("Calm ones")
    page.get_by_label("My list opens with it").check()
    page.locator("#save_view").get_by_role("button", name="Save").click()
    view = page.get_by_role("navigation", name="Views").get_by_role("link", name="Calm ones")
    expect(view).to_contain_text("2")
    assert SavedView.objects.get().line == "is:open priority:medium"
    page.goto("/psa/tickets/")
    expect(view).to_have_attribute("aria-current", "page")
    page.locator(".chip").first.click()
    expect(page.locator(".chip")).to_have_count(1)

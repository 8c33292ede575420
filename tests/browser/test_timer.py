"""The timer by its key: started, seen on another page and after a reload, paused, stopped with what it comes to."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from browser.conftest import Sit
from mainspring.tickets.models import Ticket
from mainspring.work.models import Labour, Service, Timer
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(world: World) -> Ticket:
    Service.add(by=world.max, name="Repair", price=Decimal(80), tax=world.vat, minimum_minutes=30)
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def test_a_timer_needs_two_keys_to_start_and_two_to_stop(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/")
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Repair")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    Timer.objects.update(resumed_at=timezone.now() - timedelta(minutes=39, seconds=30))
    page.goto("/psa/stock/")
    expect(page.locator("#running .figure")).to_contain_text("0:39:")
    page.reload()
    page.get_by_role("button", name="Pause the timer for Repair").click()
    expect(page.locator("#running")).to_contain_text("paused")
    page.goto(f"/psa/tickets/{ticket.number}/")
    page.keyboard.press("t")
    sheet = page.locator("#timer-here")
    expect(sheet).to_contain_text("0:40 is billed as 0:45")
    sheet.get_by_label("Minutes").fill("20")
    expect(sheet).to_contain_text("0:20 is billed as the minimum of 0:30")
    with page.expect_navigation():
        sheet.get_by_role("button", name="Stop and save").click()
    assert Labour.objects.get().minutes == 20 and not Timer.objects.exists()


def test_time_typed_by_hand_says_what_it_comes_to_before_it_is_saved(
    world: World, ticket: Ticket, sit_down: Sit
) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=services")
    page.get_by_role("combobox", name="Service").press_sequentially("Rep")
    page.get_by_role("option", name="Repair").click()
    page.get_by_label("Minutes").fill("50")
    expect(page.locator("#time-says")).to_contain_text(
        "0:50 is billed as 1:00 (up to 15 min) at $80.00 an hour: $80.00."
    )
    assert not Labour.objects.exists()

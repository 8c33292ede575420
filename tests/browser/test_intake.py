"""Intake in a real browser: by keyboard alone, and nothing typed is lost."""

import re
import time
from decimal import Decimal

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from browser.axe import axe
from browser.conftest import Sit
from mainspring.core.text import Translated
from mainspring.tickets.models import Participant, Ticket
from mainspring.work.models import DiagnosticRule, Service
from world import World

pytestmark = pytest.mark.django_db(transaction=True)

A_KEY = 25
"""Milliseconds between two keys, quicker than anybody types; what is counted is the page, not the fingers."""


def type_in(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=A_KEY)


def tab_to(page: Page, name: str) -> None:
    """Tab until the field of this name has the focus; never more than a dozen stops away."""
    for _step in range(12):
        if page.evaluate("document.activeElement?.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_known_caller_and_his_printer_by_keyboard_alone(world: World, sit_down: Sit) -> None:
    diagnostic = Service.add(
        by=world.max, name=Translated(en="Diagnostic"), billing="flat", price=Decimal(10), tax=world.exempt,
        is_diagnostic=True,
    )  # fmt: skip
    DiagnosticRule.set_for(world.printer.kind, diagnostic, by=world.max)
    earlier = Ticket.objects.open("Paper jam", by=world.fay, contact=world.carol, device=world.printer)
    page = sit_down(world.fay)
    page.goto("/psa/tickets/")
    began = time.monotonic()
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/new")
    expect(page.get_by_role("combobox", name="Phone number")).to_be_focused()
    type_in(page, "555-0142")
    expect(page.get_by_role("option", name="Carol Mizrahi")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"already has #{earlier.number} open")).to_be_visible()
    expect(page.locator("[name=device]:checked")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("HP M404n")).to_be_checked()
    tab_to(page, "subject")
    type_in(page, "Prints blank pages")
    tab_to(page, "description")
    type_in(page, "Since this morning. The toner is new.")
    tab_to(page, "priority")
    type_in(page, "High")
    expect(page.locator("#intake-says")).to_contain_text("Diagnostic: $10.00 is invoiced now")
    expect(page.locator("#intake-says")).to_contain_text("carol@acme.example")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Prints blank pages")).to_be_visible()
    assert time.monotonic() - began < 60
    ticket = Ticket.objects.exclude(pk=earlier.pk).get()
    assert (ticket.contact, ticket.device, ticket.priority) == (world.carol, world.printer, 3)


def test_a_new_caller_with_a_new_phone_by_keyboard_alone(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    page.goto("/psa/tickets/new")
    began = time.monotonic()
    expect(page.get_by_role("combobox", name="Phone number")).to_be_focused()
    type_in(page, "Dana Levi")
    expect(page.get_by_role("option", name=re.compile("New caller"))).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[name=phone]")).to_be_focused()
    type_in(page, "052-555-0111")
    page.keyboard.press("Tab")
    type_in(page, "dana@home.example")
    tab_to(page, "kind")
    type_in(page, "Printer")
    page.keyboard.press("Tab")
    type_in(page, "Brother")
    tab_to(page, "passcode")
    type_in(page, "4711")
    tab_to(page, "subject")
    type_in(page, "Screen is cracked")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Screen is cracked")).to_be_visible()
    assert time.monotonic() - began < 60
    ticket = Ticket.objects.get()
    assert ticket.contact and ticket.device
    assert (ticket.contact.name, ticket.contact.email, ticket.device.maker) == (
        "Dana Levi",
        "dana@home.example",
        "Brother",
    )


def test_who_types_faster_than_the_answers_come_gets_what_he_typed(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    page.goto("/psa/tickets/new")
    callers = page.get_by_role("combobox", name="Phone number")
    type_in(page, "Da")
    expect(page.get_by_role("option", name="New caller: Da")).to_be_visible()

    def late(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/tickets/callers?*", late)
    type_in(page, "na Levi")
    callers.press("ArrowUp")
    callers.press("Enter")
    expect(page.locator("[name=phone]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("Dana Levi")


def test_who_clicks_before_the_answer_comes_gets_what_he_typed(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    page.goto("/psa/tickets/new")
    page.get_by_role("combobox", name="Phone number").press_sequentially("Da")
    earlier = page.get_by_role("option", name="New caller: Da")
    expect(earlier).to_be_visible()
    page.route("**/tickets/callers?*", lambda _unanswered: None)
    type_in(page, "na Levi")
    earlier.click()
    expect(page.locator("[name=name]")).to_have_value("Dana Levi")


def test_a_further_contact_is_typed_in_place(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    page.goto(f"/psa/tickets/new?contact={world.carol.pk}")
    page.get_by_text("Further contacts").click()
    page.get_by_role("combobox", name="Contact 2").press_sequentially("Eli Accounts")
    page.get_by_role("option", name=re.compile("New caller")).click()
    expect(page.locator("#also_1")).to_have_value("Eli Accounts")
    expect(page.locator("#also_reach_1")).to_be_focused()
    type_in(page, "eli@acme.example")
    page.get_by_label("What is wrong?", exact=True).fill("Blank pages")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", name="Blank pages")).to_be_visible()
    assert Participant.objects.get().contact.email == "eli@acme.example"


def begin(page: Page) -> None:
    page.goto("/psa/tickets/new")
    page.get_by_role("combobox", name="Phone number").press_sequentially("Carol")
    page.get_by_role("option", name="Carol Mizrahi").click()
    page.get_by_label("HP M404n").check()
    page.get_by_label("What is wrong?", exact=True).press_sequentially("Half a sent")
    page.locator("[name=passcode]").press_sequentially("4711")


def expect_as_it_was(page: Page) -> None:
    expect(page.get_by_label("What is wrong?", exact=True)).to_have_value("Half a sent")
    expect(page.locator("#caller")).to_contain_text("Carol Mizrahi")
    expect(page.get_by_label("HP M404n")).to_be_checked()
    assert page.locator("input[type=hidden][name=contact]").input_value()
    expect(page.locator("[name=passcode]")).to_have_value("")


def test_a_closed_tab_loses_nothing(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    begin(page)
    again = page.context.new_page()
    page.close()
    again.goto("/psa/tickets/new")
    expect_as_it_was(again)


def test_another_browser_goes_on_where_this_one_stopped(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    with page.expect_response("**/psa/drafts"):
        begin(page)
    with page.expect_response("**/psa/drafts"):
        page.locator("[name=accessories]").press_sequentially("Cable")
    other = sit_down(world.fay)
    other.goto("/psa/tickets/new")
    expect_as_it_was(other)


def test_a_lost_session_loses_nothing(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    begin(page)
    kept = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sign-in/**")
    assert "next=/psa/tickets/new" in page.url
    page.context.add_cookies(kept)  # type: ignore[arg-type]
    page.goto("/psa/tickets/new")
    expect_as_it_was(page)


def test_a_sent_form_is_begun_anew(world: World, sit_down: Sit) -> None:
    page = sit_down(world.fay)
    begin(page)
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", name="Half a sent")).to_be_visible()
    page.goto("/psa/tickets/new")
    expect(page.get_by_label("What is wrong?", exact=True)).to_have_value("")
    expect(page.get_by_role("combobox", name="Phone number")).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_accessible_and_fits(world: World, sit_down: Sit, width: int, theme: str) -> None:
    Ticket.objects.open("Paper jam", by=world.fay, contact=world.carol, device=world.printer)
    page = sit_down(world.fay, width=width, theme=theme)
    begin(page)
    page.get_by_text("Further contacts").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []

"""The components in a real browser: accessible, mirrored, in both looks, under the strict policy."""

import os
import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from browser.axe import axe
from browser.conftest import Sit
from world import World

LOOKS = [(width, theme, language) for width in (1440, 390) for theme in ("light", "dark") for language in ("en", "he")]


@pytest.fixture(autouse=True)
def patterns_are_shown(settings: LazySettings) -> None:
    settings.PATTERNS = True


@pytest.mark.parametrize("surface", ["desk", "door", "public"])
@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_surface_is_accessible_and_fits(
    world: World, sit_down: Sit, surface: str, width: int, theme: str, language: str
) -> None:
    page = sit_down(world.ada, width=width, theme=theme, language=language)
    page.goto(f"/psa/patterns/{surface}")
    page.wait_for_load_state("networkidle")
    keep_picture(page, f"{surface}-{width}-{theme}-{language}")
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("MAINSPRING_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_keys_open_the_search_the_list_of_keys_and_the_palette(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("c?")
    assert page.get_by_role("searchbox").input_value() == "c?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("Undo")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()


def test_rows_are_walked_marked_and_opened_by_keys(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_label("Mark #1041")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#1041$"))


def test_the_composer_shows_its_mode_on_the_button_and_by_its_colour(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    composer = page.locator("#composer")
    expect(composer.get_by_role("button", name="Send to Sara")).to_be_visible()
    before = composer.evaluate("box => getComputedStyle(box).backgroundColor")
    page.keyboard.press("n")
    expect(composer.get_by_role("textbox")).to_be_focused()
    expect(composer.get_by_role("button", name="Save internal note")).to_be_visible()
    expect(composer.get_by_role("button", name="Send to Sara")).to_be_hidden()
    assert composer.evaluate("box => getComputedStyle(box).backgroundColor") != before


def test_a_draft_survives_a_closed_page(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.locator("#composer_text").fill("The fuser has arrived, and ")
    other = page.context.new_page()
    page.close()
    other.goto("/psa/patterns")
    expect(other.locator("#composer_text")).to_have_value("The fuser has arrived, and ")


def test_a_draft_is_forgotten_once_a_page_of_the_desk_answers_and_not_before(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.locator("#composer_text").fill("Kept until it arrived")
    page.locator("#composer").evaluate("form => { form.action = '/psa/no-such-page'; form.requestSubmit(); }")
    expect(page.locator("body.door")).to_be_visible()
    page.goto("/psa/patterns")
    expect(page.locator("#composer_text")).to_have_value("Kept until it arrived")
    with page.expect_navigation():
        page.locator("#composer").evaluate("form => { form.action = '/switch'; form.requestSubmit(); }")
    page.goto("/psa/patterns")
    expect(page.locator("#composer_text")).to_have_value("")


def test_the_combobox_finds_and_chooses_by_keyboard(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    caller = page.get_by_role("combobox", name="Caller")
    caller.press_sequentially("car", delay=60)
    expect(page.locator("#id_contact_list [role=option]")).to_have_count(2)
    caller.press("ArrowDown")
    caller.press("Enter")
    expect(caller).to_have_value("Carl Peretz")
    assert page.locator("input[name=contact]").input_value() == "2"
    expect(page.locator("#id_contact_list")).to_be_hidden()


def test_what_cant_be_undone_asks_first(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.method == "POST" else None)
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("button", name="Delete the file").click()
    expect(page.locator("#question")).to_contain_text("This can't be undone.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#question")).to_be_hidden()
    assert asked == []


def test_the_look_changes_at_once_and_stays(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.locator(".me").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.locator(".me").click()
    page.get_by_role("button", name="עברית").click()
    page.wait_for_function("document.documentElement.dir === 'rtl'")


def test_a_chart_is_drawn(world: World, sit_down: Sit) -> None:
    page = sit_down(world.ada)
    page.goto("/psa/patterns")
    page.locator(".chart canvas").scroll_into_view_if_needed()
    page.wait_for_function(
        "() => { const c = document.querySelector('.chart canvas');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean); }"
    )

"""Every page there is, found in the urlconf: nothing for axe to complain about, nothing wider than a phone.

Names are as long as their columns hold, and have no space to break at.
"""

from collections.abc import Iterator
from itertools import islice

import pytest
from django.conf import LazySettings
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize

from browser.axe import axe
from browser.conftest import Sit
from mainspring.crm.models import Business, Contact, Device
from mainspring.inventory.models import Product
from mainspring.notifications import letters
from mainspring.tickets.models import SavedView, Ticket
from scene import OF, Scene, build_scene
from test_permissions import LINES, PERSONAL
from world import build_world

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

NO_PAGES = ("account_", "openid_connect_callback", "github_callback", "portal_sign_in")
"""In front of the door, what another house answers to, and where who is in already is led on."""
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
DARK = """() => {
  document.documentElement.dataset.bsTheme = "dark";
  document.querySelector("meta[name=color-scheme]").content = "dark";
}"""
PARTS = 4
"""The desk's pages are looked at in so many parts: one after the other they take longer than all other tests."""
TABS = (
    *("overview", "notes", "services", "parts", "contacts", "credentials"),
    *("attachments", "estimates", "billing", "timeline"),
)


@pytest.fixture
def scene(settings: LazySettings) -> Scene:
    settings.PATTERNS = settings.TEST_PAYMENTS = True
    scene = build_scene(build_world())
    for model, columns in LONG.items():
        model._base_manager.update(**{name: name[0].upper() * longest for name, longest in columns.items()})
    return scene


LONG: dict[type[Model], dict[str, int]] = {
    Business: {"name": 160, "city": 80},
    Contact: {"name": 120, "title": 80},
    Device: {"maker": 60, "model": 80, "serial": 60},
    Product: {"name": 160},
    Ticket: {"subject": 200},
}


def addresses(scene: Scene, *, portal: bool) -> Iterator[str]:
    for name, line in LINES.items():
        if "GET" not in line.methods or name.startswith(NO_PAGES) or line.about in PERSONAL:
            continue
        if (line.who == "customer") == portal:
            yield reverse(name, args=OF[line.about](scene).own)
    if not portal:
        yield reverse("edit_view", args=[SavedView.keep("Hers", by=scene.world.ada, line="is:late", sort="due").pk])
    for tab in () if portal else TABS:
        yield f"{reverse('ticket', args=[scene.own.ticket.number])}?tab={tab}"


def pages(page: Page, scene: Scene, *, portal: bool = False, part: int = 0, parts: int = 1) -> Iterator[str]:
    """The addresses that answer with a whole page; not pictures, papers, parts of pages and caged mails."""
    for address in islice(addresses(scene, portal=portal), part, None, parts):
        answer = page.request.get(address)
        assert answer.status < 400, f"{address}: {answer.status}"
        is_caged = "sandbox" in answer.headers.get("content-security-policy", "")
        if "text/html" in answer.headers["content-type"] and "<html" in answer.text() and not is_caged:
            yield address


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_and_fits(scene: Scene, sit_down: Sit, part: int) -> None:
    ada = scene.world.ada
    page, hebrew = sit_down(ada), sit_down(ada, language="he", **PHONE)
    faults, seen = look_at(page, hebrew, pages(page, scene, part=part, parts=PARTS))
    assert faults == [], "\n".join(faults)
    assert seen > 50 // PARTS


def test_every_page_of_the_portal_is_accessible_and_fits(scene: Scene, sit_down: Sit) -> None:
    page, hebrew = sit_down(scene.carols), sit_down(scene.carols, language="he", **PHONE)
    faults, seen = look_at(page, hebrew, pages(page, scene, portal=True))
    assert faults == [], "\n".join(faults)
    assert seen >= 7


def look_at(page: Page, hebrew: Page, wanted: Iterator[str]) -> tuple[list[str], int]:
    """On a desk, then on a phone in the dark, then in Hebrew: there only whether it fits, axe has seen its elements."""
    page.emulate_media(reduced_motion="reduce")
    faults: list[str] = []
    seen = 0
    for address in wanted:
        page.set_viewport_size(DESK)
        page.goto(address)
        faults += [f"{address} on a desk: {fault}" for fault in (*axe(page), *too_wide(page))]
        page.set_viewport_size(PHONE)
        page.evaluate(DARK)
        faults += [f"{address} on a phone in the dark: {fault}" for fault in (*axe(page), *too_wide(page))]
        hebrew.goto(address)
        faults += [f"{address} in Hebrew: {fault}" for fault in too_wide(hebrew)]
        seen += 1
    return faults, seen


def too_wide(page: Page) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wider} px wider than the screen"] if wider > 0 else []


def test_a_mail_fits_a_phone(scene: Scene, sit_down: Sit) -> None:
    """Whatever was written: a link of two hundred letters, too."""
    told = {**letters.NOTE.example, "text": f"https://example.com/{'u' * 200}\n\n{'W' * 200}", "customer": "N" * 120}
    for language in ("en", "he"):
        page = sit_down(None, **PHONE)
        page.set_content(letters.NOTE.write(language, told).html)
        assert too_wide(page) == []

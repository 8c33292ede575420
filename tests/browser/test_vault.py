"""The vault in a browser: looks that hide themselves, copies, running codes, one look from outside."""

import re

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from browser.axe import axe
from browser.conftest import Sit
from mainspring.accounts.entering import PROVED_AT
from mainspring.events.models import Event
from mainspring.tickets.models import Ticket
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential
from mainspring.vault.totp import Seed
from mainspring.vault.wifi import wifi_picture
from world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "walnut-Harbor-72"
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def ticket(world: World) -> Ticket:
    """Carol's ticket, with a router and a Wi-Fi of Acme's."""
    keep = Credential.objects.keep
    router = Contents(user="admin", secret=SECRET, totp=Seed.read(SEED).address)
    keep(world.acme, router, kind="router", name="Office router", by=world.tess)
    keep(world.acme, Contents(user="acme", secret="pine tree"), kind="wifi", name="Guests", by=world.tess)
    return Ticket.objects.open("Slow", by=world.fay, contact=world.carol)


def at(page: Page, ticket: Ticket, name: str) -> "Page":
    page.goto(f"/psa/tickets/{ticket.number}/?tab=credentials")
    return page.locator(".credentials > li").filter(has_text=name)  # type: ignore[return-value]


def looks(kind: str = "credential.shown") -> list[str]:
    return [event.data["reason"] for event in Event.objects.filter(kind=kind).order_by("id")]


def test_a_look_has_a_reason_and_hides_itself(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.clock.install()
    row = at(page, ticket, "Office router")
    assert SECRET not in page.content()
    row.get_by_label("Why?").fill("")
    row.get_by_role("button", name="Show the password").click()
    expect(row.get_by_label("Why?")).to_be_focused()
    assert looks() == []
    row.get_by_label("Why?").fill("To restart it")
    row.get_by_role("button", name="Show the password").click()
    expect(row.locator(".revealed-secret")).to_have_text(SECRET)
    assert looks() == ["To restart it"] and axe(page) == []
    page.clock.run_for(31_000)
    expect(row.locator(".revealed-secret")).to_have_count(0)
    assert SECRET not in page.content()


def test_who_was_not_proven_of_late_proves_himself_first(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    row = at(page, ticket, "Office router")
    name = django_settings.SESSION_COOKIE_NAME
    key = next(str(one["value"]) for one in page.context.cookies() if one.get("name") == name)
    session = SessionStore(key)
    session[PROVED_AT] = 0
    session.save()
    row.get_by_role("button", name="Show the password").click()
    page.wait_for_url("**/me/prove")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".revealed-secret")).to_have_text(SECRET)
    assert looks() == [f"Ticket #{ticket.number}"]


def test_copying_shows_nothing_and_is_written_down(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = at(page, ticket, "Office router")
    row.get_by_role("button", name="Copy the password").click()
    expect(row.get_by_role("button", name="Copy the password")).to_have_class(re.compile("is-copied"))
    assert page.evaluate("navigator.clipboard.readText()") == SECRET
    assert SECRET not in page.content() and looks("credential.copied") == [f"Ticket #{ticket.number}"]


def test_the_code_runs_on_without_the_seed(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.clock.install()
    row = at(page, ticket, "Office router")
    row.get_by_role("button", name="Show the code").click()
    shown = row.locator("[data-codes] bdi:not([hidden])")
    first = shown.inner_text()
    left = int(row.locator("[data-code-left]").inner_text())
    page.clock.run_for(min(left, 29) * 1000 + 300)
    if left < 29:
        expect(shown).not_to_have_text(first)
    assert re.fullmatch(r"\d{6}", shown.inner_text()) and SEED not in page.content()


def test_a_wifi_is_a_picture_to_scan(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    row = at(page, ticket, "Guests")
    row.get_by_role("button", name="QR code").click()
    expect(row.get_by_role("img", name="acme")).to_have_attribute("src", wifi_picture("acme", "pine tree"))
    assert page.evaluate("document.querySelector('.revealed-picture img').naturalWidth") > 0


def test_a_link_shows_it_once(
    world: World, ticket: Ticket, sit_down: Sit, settings: LazySettings, live_server: LiveServer
) -> None:
    settings.BASE_URL = live_server.url
    page = sit_down(world.tess)
    page.goto(f"/psa/vault/{Credential.objects.get(name='Office router').pk}/share")
    page.get_by_label("Why").fill("He forgot it")
    page.get_by_role("button", name="Make the link").click()
    whole = page.locator("#id_whole").input_value()
    customer = sit_down(None, width=390, language="he")
    customer.goto(whole.partition("#")[0])
    customer.goto(whole)
    expect(customer.locator("[name=code]")).to_have_value(whole.partition("#")[2])
    assert "#" not in customer.url and axe(customer) == []
    customer.locator("form[data-code-form] button").click()
    expect(customer.locator(".revealed-secret")).to_have_text(SECRET)
    assert axe(customer) == [] and customer.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    customer.goto("about:blank")
    customer.goto(whole)
    expect(customer.locator(".public-status")).to_be_visible()
    expect(customer.locator("form[data-code-form]")).to_have_count(0)
    assert SECRET not in customer.content()


def test_a_customer_hands_in_a_password(
    world: World, ticket: Ticket, sit_down: Sit, settings: LazySettings, live_server: LiveServer
) -> None:
    settings.BASE_URL = live_server.url
    page = sit_down(world.fay)
    page.goto(f"/psa/vault/ask/ticket/{ticket.number}")
    page.get_by_label("What you need").fill("The laptop's password")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator("#id_whole").input_value()
    customer = sit_down(None, width=390, theme="dark")
    customer.goto(address)
    customer.get_by_label("Password").fill("from-carol")
    assert axe(customer) == []
    customer.get_by_role("button", name="Hand it in").click()
    expect(customer.locator(".public-status")).to_contain_text("Thank you")
    customer.goto(address)
    expect(customer.locator("form[method=post] [name=secret]")).to_have_count(0)
    kept = Credential.objects.get(name="The laptop's password")
    assert kept.ticket == ticket and kept.look("secret", by=world.tess, reason="–").secret == "from-carol"


def test_a_new_password_is_made_in_the_browser(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/vault/{Credential.objects.get(name='Office router').pk}/edit")
    page.get_by_role("button", name="Make a new one").click()
    made = page.locator("#id_secret").input_value()
    assert re.fullmatch(r"(\w{5}-){3}\w{5}", made) and axe(page) == []
    page.get_by_role("button", name="Lock it away").click()
    page.wait_for_url(f"**/businesses/{world.acme.pk}/")
    assert Credential.objects.get(name="Office router").look("secret", by=world.tess, reason="–").secret == made

"""Coming in, in a real browser: by app, passkey, recovery code, mail and another house; signed out from elsewhere."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from browser.axe import axe
from mainspring.accounts.factors import PERIOD, Factors, period_now
from mainspring.accounts.models import EntryRules, MailedKey, Provider
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from oidc_house import oidc_house, provider_at
from world import PASSWORD, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)

Sit = Callable[..., Page]
PHONE = {"width": 390, "theme": "dark"}


@pytest.fixture
def world(settings: LazySettings) -> World:
    settings.ALLOW_PRIVATE = True
    return build_world()


def type_password(page: Page, world: World) -> None:
    page.goto("/psa/sign-in/")
    page.get_by_label("Mail address").fill(world.tess.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def is_fine(page: Page) -> None:
    """Nothing for axe to complain about, nothing wider than the screen."""
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def code_before(secret: str) -> str:
    """What the app showed before the code of now, which comes later; it counts for some seconds yet."""
    while (period := period_now()) != (time.time() + 8) // PERIOD:
        time.sleep(0.2)
    return format_hotp_value(hotp_value(secret, period - 1))


def key_holder(page: Page) -> Any:
    """Chromium's own virtual authenticator: a device with a fingerprint reader that says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


@pytest.mark.parametrize("look", [{}, PHONE], ids=["desk", "phone in the dark"])
def test_staff_sets_up_an_app_when_the_role_needs_it_and_signs_in_with_it(
    world: World, sit_down: Sit, look: dict[str, Any]
) -> None:
    EntryRules.get().change(by=world.ada, second_factor_roles=["technician"])
    page = sit_down(**look)
    type_password(page, world)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    is_fine(page)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_alt_text("QR code for the app")).to_be_visible()
    is_fine(page)
    page.get_by_text("I can't scan it").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("What the app shows now").fill(code_before(secret))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    is_fine(page)
    recovery = page.locator(".codes li").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the file").click()
    assert recovery in download.value.path().read_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="How you sign in")).to_be_visible()
    is_fine(page)

    other = sit_down(**look)
    type_password(other, world)
    expect(other.get_by_role("heading", name="The second step")).to_be_visible()
    is_fine(other)
    other.get_by_label("Code").fill("000000")
    other.get_by_role("button", name="Go on").click()
    expect(other.get_by_text("That code isn't right")).to_be_visible()
    other.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, period_now())))
    other.get_by_role("button", name="Go on").click()
    expect(other).to_have_url(re.compile("/psa/$"))

    without_phone = sit_down(**look)
    type_password(without_phone, world)
    without_phone.get_by_label("Code").fill(recovery)
    without_phone.get_by_role("button", name="Go on").click()
    expect(without_phone).to_have_url(re.compile("/psa/$"))
    assert Factors(world.tess).codes_left == 9


def test_a_passkey_is_registered_and_signs_in_without_a_password(world: World, sit_down: Sit) -> None:
    page = sit_down()
    key_holder(page)
    type_password(page, world)
    page.goto("/psa/me/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Its name").fill("Blue key")
    is_fine(page)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/psa/me/security")
    expect(page.get_by_text("Blue key", exact=True)).to_be_visible()
    page.locator(".me").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out", exact=True).last.click()
    page.goto("/psa/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/psa/$"))


@pytest.fixture
def four_hosts(live_server: Any, settings: LazySettings) -> str:
    """The test's server under four names, which every browser finds on its own machine."""
    port = live_server.url.rpartition(":")[2]
    settings.DOMAIN, settings.SCHEME = f"shop.localhost:{port}", "http"
    settings.BASE_URL = f"http://www.{settings.DOMAIN}"
    settings.SURFACES = {name: f"{name}.{settings.DOMAIN}" for name in ("www", "psa", "portal", "api")}
    settings.ALLOWED_HOSTS = [".shop.localhost"]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the browser takes *.localhost for safe, the library does not
    return str(settings.DOMAIN)


def test_a_passkey_made_at_the_desks_host_works_at_the_portals(world: World, four_hosts: str, sit_down: Sit) -> None:
    page = sit_down()
    key_holder(page)
    page.goto(f"http://psa.{four_hosts}/sign-in/")
    page.get_by_label("Mail address").fill(world.tess.email)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"http://psa.{four_hosts}/me/passkeys/add")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"http://portal.{four_hosts}/sign-in/")
    assert page.context.cookies(f"http://portal.{four_hosts}/")[0]["name"] != "sessionid"
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"http://psa.{four_hosts}/")
    assert "sessionid" in {cookie["name"] for cookie in page.context.cookies(f"http://portal.{four_hosts}/")}
    assert Event.objects.filter(kind="person.signed_in", actor=world.tess.actor_key).count() == 2


def test_a_passkey_is_the_second_step(world: World, sit_down: Sit) -> None:
    page = sit_down()
    key_holder(page)
    type_password(page, world)
    page.goto("/psa/me/passkeys/add")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.context.clear_cookies(name="sessionid")
    type_password(page, world)
    is_fine(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/psa/$"))


def test_a_browser_without_the_passkey_says_so_and_stays(world: World, sit_down: Sit) -> None:
    page = sit_down()
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no'))")
    page.goto("/psa/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey wasn't taken")


def test_a_mailed_code_opens_the_door(world: World, sit_down: Sit) -> None:
    page = sit_down(**PHONE)
    page.goto("/psa/tickets/")
    page.get_by_role("link", name="Mail me a code").click()
    is_fine(page)
    page.get_by_label("Mail address").fill(world.tess.email)
    page.get_by_role("button", name="Mail me a code").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    is_fine(page)
    Worker().run_all()
    assert MailedKey.objects.count() == 1
    code = re.search(r"^(\d{6})$", OutgoingMail.objects.get(kind="sign_in_key").text, re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/psa/tickets/$"))


def test_another_house_opens_the_door(world: World, sit_down: Sit, live_server: Any) -> None:
    with oidc_house(f"{live_server.url}/psa/sign-in/with/house/back") as issuer:
        provider_at(issuer, world, domains=["mainstreet.example"])
        assert Provider.objects.get().name == "The House"
        page = sit_down()
        page.goto("/psa/sign-in/")
        is_fine(page)
        page.get_by_role("button", name="Sign in with The House").click()
        page.wait_for_url(f"{issuer}/**")
        page.locator("[name=login]").fill("tess")
        page.locator("[name=password]").fill("any")
        page.locator("[type=submit]").click()
        page.wait_for_load_state()
        page.locator("[type=submit]").click()
        expect(page).to_have_url(re.compile(r"localhost:\d+/psa/$"))
        page.goto("/psa/me/security")
        expect(page.get_by_text("The House", exact=True)).to_be_visible()
        is_fine(page)


def test_what_is_delicate_asks_once_more_and_goes_on(world: World, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore(next(c["value"] for c in page.context.cookies() if c["name"] == "sessionid"))
    session["proved_at"] = 0
    session.save()
    page.goto("/psa/me/security")
    page.get_by_label("The new mail address").fill("tess@home.example")
    page.get_by_role("button", name="Change the address").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    is_fine(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("A mail with a link is on its way to tess@home.example.")).to_be_visible()


def test_a_session_is_ended_from_elsewhere(world: World, sit_down: Sit) -> None:
    lost, here = sit_down(), sit_down()
    for page in (lost, here):
        type_password(page, world)
        expect(page).to_have_url(re.compile("/psa/$"))
    here.goto("/psa/me/security")
    here.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(here.get_by_text("That browser is signed out.")).to_be_visible()
    lost.reload()
    expect(lost.get_by_role("heading", name="Sign in")).to_be_visible()

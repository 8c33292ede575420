"""Passkeys: added, used as the second step, and as the only one."""

import html
import json
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from fido2.rpid import verify_rp_id

from mainspring.accounts.adapter import SecondFactors
from mainspring.accounts.factors import Factors
from mainspring.accounts.tests.hands import is_in, sign_in
from soft_passkey import PRESENT, SoftPasskey
from world import World

pytestmark = pytest.mark.django_db


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def asked(page: str) -> dict[str, Any]:
    """What the page asks of the browser."""
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    return dict(json.loads(html.unescape(found[1])))


@pytest.mark.parametrize("domain", ["shop.example", "shop.example:8443"])
def test_on_four_hosts_a_passkey_belongs_to_the_bare_domain(world: World, settings: LazySettings, domain: str) -> None:
    settings.DOMAIN, settings.BASE_URL = domain, f"https://www.{domain}"
    house = SecondFactors().get_public_key_credential_rp_entity()["id"]
    assert house == "shop.example"
    assert all(verify_rp_id(house, f"https://{host}.{domain}") for host in ("psa", "portal"))
    assert not verify_rp_id(house, "https://psa.evil.example")


def add(client: Client, name: str = "My phone") -> SoftPasskey:
    key = SoftPasskey()
    options = asked(client.get("/psa/me/passkeys/add").content.decode())
    answer = client.post("/psa/me/passkeys/add", {"name": name, "credential": key.create(options)})
    assert answer.status_code in (200, 303), answer.content.decode()
    return key


def passkey_of(person: Any) -> SoftPasskey:
    client = browser()
    client.force_login(person)
    return add(client)


def options_to_enter(client: Client) -> dict[str, Any]:
    return dict(client.get("/psa/sign-in/passkey", HTTP_ACCEPT="application/json").json()["request_options"])


def test_a_passkey_is_added_and_recovery_codes_follow(world: World, client: Client) -> None:
    client.force_login(world.tess)
    add(client, "Blue key")
    assert [key.name for key in Factors(world.tess).passkeys] == ["Blue key"]
    assert Factors(world.tess).codes_left == 10
    assert "Blue key" in client.get("/psa/me/security").content.decode()


def test_a_passkey_is_the_second_step(world: World) -> None:
    key = passkey_of(world.tess)
    client = browser()
    sign_in(client, world.tess)
    assert not is_in(client)
    options = asked(client.get("/psa/sign-in/second-step").content.decode())
    client.post("/psa/sign-in/second-step", {"credential": key.get(options)})
    assert is_in(client)


def test_a_passkey_opens_without_a_password(world: World) -> None:
    key = passkey_of(world.tess)
    client = browser()
    client.post("/psa/sign-in/passkey", {"credential": key.get(options_to_enter(client))})
    assert is_in(client)


def test_a_passkey_that_did_not_verify_its_person_opens_nothing_alone(world: World) -> None:
    key = passkey_of(world.tess)
    client = browser()
    client.post("/psa/sign-in/passkey", {"credential": key.get(options_to_enter(client), flags=PRESENT)})
    assert not is_in(client)


def test_the_answer_to_an_older_question_opens_nothing(world: World) -> None:
    key = passkey_of(world.tess)
    client = browser()
    answer = key.get(options_to_enter(client))
    options_to_enter(client)
    client.post("/psa/sign-in/passkey", {"credential": answer})
    assert not is_in(client)


def test_a_key_of_another_site_opens_nothing(world: World) -> None:
    key = passkey_of(world.tess)
    key.origin = "https://evil.example"
    client = browser()
    client.post("/psa/sign-in/passkey", {"credential": key.get(options_to_enter(client))})
    assert not is_in(client)


@pytest.mark.parametrize(
    "nonsense", ["", "{}", "[]", "7", "null", '{"response": 7}', '{"id": "x", "response": {}}', "x"]
)
@pytest.mark.parametrize("path", ["/psa/sign-in/passkey", "/psa/me/passkeys/add", "/psa/me/prove"])
def test_nonsense_is_refused_in_plain_words(world: World, path: str, nonsense: str) -> None:
    client = browser()
    if "/me/" in path:
        client.force_login(world.tess)
        add(client)
        client.get(path)
    else:
        options_to_enter(client)
    assert client.post(path, {"name": "x", "credential": nonsense}).status_code in (302, 422)


def test_who_has_left_does_not_come_in_by_passkey(world: World) -> None:
    key = passkey_of(world.tess)
    world.tess.leave(by=world.ada)
    client = browser()
    client.post("/psa/sign-in/passkey", {"credential": key.get(options_to_enter(client))})
    assert not is_in(client)

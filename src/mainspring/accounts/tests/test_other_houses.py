"""Signing in by another house: a real OpenID Connect server, asked over HTTP."""

import html
import re
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from mainspring.accounts.models import Person, Provider, Role
from mainspring.accounts.tests.hands import is_in, mails
from mainspring.core.network import Inside
from mainspring.core.outgoing import safe_session
from mainspring.events.models import Event
from oidc_house import provider_at, say_who
from world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE = True


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def onward(page: str) -> str:
    """To which address of the other house the page leads on."""
    found = re.search(r'content="0;url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def come_from(client: Client, login: str, *, slug: str = "house") -> int:
    """Sign in at the house under this name, and come back."""
    page = client.post(f"/psa/sign-in/with/{slug}").content.decode()
    return client.get(say_who(login, onward(page))).status_code


def link_up(client: Client, login: str) -> None:
    page = client.post("/psa/me/links/house/add").content.decode()
    assert client.get(say_who(login, onward(page))).status_code == 302


def test_who_has_linked_the_account_comes_in_by_it(world: World, house: str) -> None:
    provider_at(house, world)
    client = browser()
    client.force_login(world.tess)
    link_up(client, "tess-at-the-house")
    assert SocialAccount.objects.get().user == world.tess
    assert any("linked the sign-in of The House" in mail.text for mail in mails("security_notice"))
    other = browser()
    assert come_from(other, "tess-at-the-house") == 302
    assert is_in(other)
    assert Event.objects.filter(kind="person.signed_in", actor=world.tess.actor_key).exists()


def test_a_verified_address_of_the_shops_own_domain_comes_in_at_once(world: World, house: str) -> None:
    provider_at(house, world, domains=["mainstreet.example"])
    client = browser()
    assert come_from(client, "tess") == 302
    assert is_in(client)
    assert SocialAccount.objects.get().user == world.tess


def test_without_the_domain_nobody_comes_in_unlinked(world: World, house: str) -> None:
    provider_at(house, world)
    client = browser()
    assert come_from(client, "tess") == 403
    assert not is_in(client) and not SocialAccount.objects.exists()


def test_nobody_is_made_by_another_house(world: World, house: str) -> None:
    provider_at(house, world, domains=["mainstreet.example", "nowhere.example"])
    before = Person.objects.count()
    assert come_from(browser(), "x@nowhere.example") == 403
    assert Person.objects.count() == before


def test_who_has_left_does_not_come_in_by_another_house(world: World, house: str) -> None:
    provider_at(house, world, domains=["mainstreet.example"])
    come_from(browser(), "tess")
    world.tess.leave(by=world.ada)
    client = browser()
    come_from(client, "tess")
    assert not is_in(client)


def test_the_second_step_stands_behind_another_house_too(world: World, house: str) -> None:
    from mainspring.accounts.tests.test_passkeys import passkey_of

    passkey_of(world.tess)
    provider_at(house, world, domains=["mainstreet.example"])
    client = browser()
    come_from(client, "tess")
    assert not is_in(client)
    assert client.get("/psa/sign-in/second-step").status_code == 200


def test_an_account_that_is_linked_to_somebody_is_not_linked_to_another(world: World, house: str) -> None:
    provider_at(house, world)
    for person in (world.tess, world.max):
        client = browser()
        client.force_login(person)
        link_up(client, "one identity")
    assert SocialAccount.objects.get().user == world.tess


def test_the_answer_to_somebody_elses_question_is_refused(world: World, house: str) -> None:
    """Login CSRF: a thief's own answer, opened in another browser, signs nobody in as the thief."""
    provider_at(house, world, domains=["mainstreet.example"])
    thief = browser()
    way = say_who("tess", onward(thief.post("/psa/sign-in/with/house").content.decode()))
    victim = browser()
    assert victim.get(way).status_code == 400
    assert not is_in(victim)


def test_an_answer_is_taken_once(world: World, house: str) -> None:
    provider_at(house, world, domains=["mainstreet.example"])
    client = browser()
    way = say_who("tess", onward(client.post("/psa/sign-in/with/house").content.decode()))
    assert client.get(way).status_code == 302
    client.post("/psa/sign-out/")
    assert client.get(way).status_code == 400
    assert not is_in(client)


def test_linking_has_its_own_door(world: World, house: str) -> None:
    """The parameter that allauth reads would link without a fresh proof."""
    provider_at(house, world)
    client = browser()
    client.force_login(world.tess)
    page = client.post("/psa/sign-in/with/house?process=connect", {"process": "connect"}).content.decode()
    assert client.get(say_who("thief", onward(page))).status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("switched", [{"is_on": False}, {"on_desk": False}])
def test_what_is_switched_off_is_not_there(world: World, house: str, switched: dict[str, Any]) -> None:
    provider_at(house, world, domains=["mainstreet.example"], **switched)
    client = browser()
    assert "The House" not in client.get("/psa/sign-in/").content.decode()
    assert client.post("/psa/sign-in/with/house").status_code == 404
    assert client.get("/psa/sign-in/with/house/back?code=x&state=y").status_code == 404


def test_no_issuer_leads_into_a_private_network(world: World, house: str, settings: LazySettings) -> None:
    """RELIABILITY 33."""
    settings.ALLOW_PRIVATE = False
    provider_at(house, world)
    answer = browser().post("/psa/sign-in/with/house")
    assert answer.status_code == 503 and "can&#39;t be reached" in answer.content.decode()


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest", "http://10.0.0.1/",
        "http://2130706433/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "https://127.0.0.1/",
        "http://0x7f.1/", "http://192.168.1.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_outgoing_http_goes_nowhere_inside(settings: LazySettings, place: str) -> None:
    settings.ALLOW_PRIVATE = False
    with pytest.raises(OSError) as refused:
        safe_session().get(place, timeout=2)
    assert "not on the public internet" in str(refused.value) or isinstance(refused.value, Inside)


def test_a_redirect_into_a_private_network_is_not_followed(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first place is allowed, the one it names is not: each connection is looked at for itself."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    from mainspring.core import network

    class Redirects(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{port}/inside")
            self.end_headers()
            seen.append(self.path)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    seen: list[str] = []
    server = HTTPServer(("0.0.0.0", 0), Redirects)
    port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(network, "is_reachable", lambda address: address == "127.0.0.1")
    try:
        with pytest.raises(OSError, match="not on the public internet"):
            safe_session().get(f"http://127.0.0.1:{port}/start", timeout=2)
    finally:
        server.shutdown()
        server.server_close()
    assert seen == ["/start"]


def test_the_secret_lies_sealed_and_is_never_shown(world: World, client: Client) -> None:
    provider = Provider.add(by=world.ada, kind="google", name="Google", client_id="us", secret="very secret thing")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_secret FROM accounts_provider")
        assert b"very secret" not in bytes(cursor.fetchone()[0])
    client.force_login(world.ada)
    assert "very secret" not in client.get(f"/psa/settings/sign-in/providers/{provider.pk}").content.decode()
    assert "very secret" not in str(list(Event.objects.values_list("data", flat=True)))
    assert provider.app().secret == "very secret thing"


def test_the_owner_sets_it_up_on_the_settings_page(world: World, client: Client, house: str) -> None:
    client.force_login(world.ada)
    told = {"kind": "oidc", "name": "House", "issuer": house, "client_id": "mainspring", "secret": "s", "on_desk": "on"}
    assert client.post("/psa/settings/sign-in/providers/add", told | {"issuer": ""}).status_code == 422
    assert client.post("/psa/settings/sign-in/providers/add", told | {"domains": "a b"}).status_code == 422
    assert client.post("/psa/settings/sign-in/providers/add", told | {"domains": "@Main.Example, "}).status_code == 303
    provider = Provider.objects.get()
    assert (provider.domains, provider.secret, provider.is_on) == (["main.example"], "s", False)
    page = client.get(f"/psa/settings/sign-in/providers/{provider.pk}").content.decode()
    assert f"http://localhost:8000/psa/sign-in/with/{provider.slug}/back" in page
    tried = client.post(f"/psa/settings/sign-in/providers/{provider.pk}/try", follow=True).content.decode()
    assert "It answers." in tried
    address = f"/psa/settings/sign-in/providers/{provider.pk}"
    elsewhere = told | {"secret": "", "issuer": "https://evil.example"}
    assert client.post(address, elsewhere).status_code == 422
    client.post(address, told | {"secret": "", "name": "Other"})
    provider.refresh_from_db()
    assert (provider.name, provider.secret) == ("Other", "s")


def test_another_issuer_ends_every_link(world: World, client: Client) -> None:
    """Else whoever has the same number at the new house would come in as somebody else."""
    provider = Provider.add(by=world.ada, kind="oidc", name="H", issuer="https://one.example", client_id="us")
    SocialAccount.objects.create(user=world.tess, provider=provider.slug, uid="7")
    provider.change(by=world.ada, issuer="https://two.example")
    assert not SocialAccount.objects.exists()


def test_microsofts_common_tenant_is_refused(world: World, client: Client) -> None:
    client.force_login(world.ada)
    told = {"kind": "microsoft", "name": "M", "client_id": "us", "secret": "s"}
    issuer = "https://login.microsoftonline.com/common/v2.0"
    answer = client.post("/psa/settings/sign-in/providers/add", told | {"issuer": issuer})
    assert answer.status_code == 422 and "tenant" in answer.content.decode()


def test_a_factor_or_link_needs_a_proven_address(world: World, client: Client) -> None:
    Provider.add(by=world.ada, kind="github", name="GitHub", client_id="us", secret="s")
    new = Person.objects.invite(
        email="new@mainstreet.example", name="New", role=Role.TECHNICIAN, by=None, address_proven_at=None
    )
    client.force_login(new)
    assert client.get("/psa/me/app").status_code == 403
    assert client.get("/psa/me/passkeys/add").status_code == 403
    assert client.post("/psa/me/links/github/add").status_code == 403

"""Customers come from another house, a real OpenID Connect server; the attacks on accounts that are not there yet."""

import re
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.test import Client

from mainspring.accounts.models import Person, Provider
from mainspring.accounts.tests.test_other_houses import browser, onward
from mainspring.accounts.tests.test_passkeys import passkey_of
from mainspring.crm.models import Account
from mainspring.crm.tests.test_portal import NEW, ask, open_for, token_in
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from oidc_house import provider_at, say_who
from world import World

pytestmark = pytest.mark.django_db
CAROL = "carol@acme.example"
KEYS = re.compile(rb"[A-Za-z0-9]{64}")


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE = True


@pytest.fixture
def trusted(world: World, house: str) -> Provider:
    """The house may vouch for addresses at Acme."""
    return provider_at(house, world, on_portal=True, domains=["acme.example"])


@pytest.fixture
def untrusted(world: World, house: str) -> Provider:
    """The house may vouch for nobody."""
    return provider_at(house, world, on_portal=True)


def come(client: Client, login: str, *, surface: str = "portal") -> Any:
    """Sign in at the house under this name, and come back; the page that he is led to."""
    page = client.post(f"/{surface}/sign-in/with/house").content.decode()
    return client.get(say_who(login, onward(page)), follow=True)


def is_in(client: Client) -> bool:
    return client.get("/portal/").status_code == 200


def test_whom_a_trusted_house_vouches_for_has_an_account_at_once(world: World, trusted: Provider) -> None:
    ticket = Ticket.objects.open("The printer of Carol", by=world.fay, contact=world.carol)
    client = browser()
    page = come(client, CAROL).content.decode()
    assert "The House sent you" in page and f'value="{CAROL}"' in page and "Make the account" in page
    assert not Person.objects.filter(role="customer").exists()
    done = client.post("/portal/sign-up/", {"name": "Carol", "email": CAROL}, follow=True)
    assert ticket.subject in done.content.decode()
    person = Account.objects.get().person
    assert SocialAccount.objects.get().user == person and not person.has_usable_password()
    assert not OutgoingMail.objects.filter(kind__startswith="portal_").exists()
    again = browser()
    come(again, CAROL)
    assert is_in(again)


def test_who_is_vouched_for_and_has_an_account_comes_in(world: World, trusted: Provider) -> None:
    person = open_for(world.carol)
    client = browser()
    come(client, CAROL)
    assert is_in(client) and SocialAccount.objects.get().user == person


def test_anybody_else_opens_the_mailed_link_in_the_same_browser(world: World, untrusted: Provider) -> None:
    client = browser()
    assert "We mail you a link" in come(client, CAROL).content.decode()
    assert client.post("/portal/sign-up/", {"name": "Carol", "email": CAROL}).status_code == 303
    Worker().run_all()
    token = token_in(OutgoingMail.objects.get(kind="portal_join"))
    assert "you sign in by The House" in client.get(f"/portal/join/{token}").content.decode()
    assert client.post(f"/portal/join/{token}", {"password": "short"}).status_code == 422
    assert client.post(f"/portal/join/{token}").status_code == 302
    assert is_in(client) and SocialAccount.objects.get().user == Account.objects.get().person
    again = browser()
    come(again, CAROL)
    assert is_in(again)


def test_who_has_a_password_keeps_it(world: World, untrusted: Provider) -> None:
    person = open_for(world.carol)
    before = person.password
    client = browser()
    come(client, CAROL)
    client.post("/portal/sign-up/", {"name": "Carol", "email": CAROL})
    Worker().run_all()
    client.post(f"/portal/join/{token_in(OutgoingMail.objects.get(kind='portal_known'))}")
    person.refresh_from_db()
    assert is_in(client) and person.password == before and SocialAccount.objects.get().user == person


def test_the_page_never_says_who_has_an_account(world: World, untrusted: Provider) -> None:
    open_for(world.carol)
    pages = []
    for login in (CAROL, "nobody@acme.example", world.tess.email):
        client = browser()
        page = come(client, login).content.replace(login.encode(), b"")
        sent = client.post("/portal/sign-up/", {"name": "X", "email": login}, follow=True).content
        pages.append(KEYS.sub(b"", page + sent))
    assert len(set(pages)) == 1


# Account pre-hijacking (Sudhodanan and Paverd 2022)


@pytest.mark.parametrize("login", [CAROL, f"{CAROL}+unverified"])
def test_mallory_waits_with_carols_address_and_carol_comes_by_mail(
    world: World, untrusted: Provider, login: str
) -> None:
    """Classic federated merge, and the provider that verifies nothing: what Mallory said stays in Mallory's browser."""
    mallory = browser()
    come(mallory, login)
    mallory.post("/portal/sign-up/", {"name": "Carol", "email": CAROL})
    Worker().run_all()
    token = token_in(OutgoingMail.objects.get(kind="portal_join"))
    carol = browser()
    page = carol.get(f"/portal/join/{token}").content.decode()
    assert "The House" not in page
    assert carol.post(f"/portal/join/{token}").status_code == 422, "without the house a password is needed"
    assert carol.post(f"/portal/join/{token}", {"password": NEW}).status_code == 302
    assert is_in(carol) and not SocialAccount.objects.exists()
    assert mallory.post(f"/portal/join/{token}").status_code == 404
    come(mallory, login)
    assert not is_in(mallory) and not SocialAccount.objects.exists()


def test_an_unverified_address_is_not_vouched_for(world: World, trusted: Provider) -> None:
    open_for(world.carol)
    mallory = browser()
    page = come(mallory, f"{CAROL}+unverified").content.decode()
    assert "Make the account" not in page and not is_in(mallory)
    mallory.post("/portal/sign-up/", {"name": "Carol", "email": CAROL})
    assert not is_in(mallory) and not SocialAccount.objects.exists()


def test_vouched_for_one_address_he_types_another(world: World, trusted: Provider) -> None:
    mallory = browser()
    come(mallory, "mallory@acme.example")
    assert mallory.post("/portal/sign-up/", {"name": "Sam", "email": world.sam.email}).status_code == 303
    assert not is_in(mallory) and not Person.objects.filter(role="customer").exists()
    Worker().run_all()
    sam = browser()
    sam.post(f"/portal/join/{token_in(OutgoingMail.objects.get(kind='portal_join'))}", {"password": NEW})
    assert is_in(sam) and not SocialAccount.objects.exists()


def test_a_link_to_another_address_does_not_take_the_identity(world: World, untrusted: Provider) -> None:
    """Mallory has her own identity waiting in Carol's browser (a shared one): Carol's link does not take it."""
    shared = browser()
    come(shared, "mallory@evil.example")
    shared.post(f"/portal/join/{token_in(ask(CAROL))}", {"password": NEW})
    assert is_in(shared) and not SocialAccount.objects.exists()


def test_the_staff_is_not_let_into_the_portal_nor_a_customer_into_the_desk(world: World, house: str) -> None:
    provider_at(house, world, on_portal=True, domains=["acme.example", "mainstreet.example"])
    open_for(world.carol)
    client = browser()
    come(client, "tess")
    assert client.post("/portal/sign-up/", {"name": "Tess", "email": world.tess.email}).status_code == 303
    Worker().run_all()
    assert not is_in(client) and not OutgoingMail.objects.filter(kind__startswith="portal_").exists()
    desk = browser()
    assert come(desk, CAROL, surface="psa").status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_was_let_go_does_not_come_back_by_a_house(world: World, trusted: Provider) -> None:
    open_for(world.carol)
    Account.objects.get().end(by=world.fay)
    client = browser()
    come(client, CAROL)
    client.post("/portal/sign-up/", {"name": "Carol", "email": CAROL})
    Worker().run_all()
    assert not is_in(client) and not OutgoingMail.objects.filter(kind__startswith="portal_").exists()


def test_the_answer_to_somebody_elses_question_is_refused(world: World, trusted: Provider) -> None:
    thief, victim = browser(), browser()
    way = say_who("thief@acme.example", onward(thief.post("/portal/sign-in/with/house").content.decode()))
    assert victim.get(way).status_code == 400
    assert "The House" not in victim.get("/portal/sign-up/").content.decode()


def test_a_house_that_opens_the_desk_alone_is_not_at_the_portal(world: World, house: str) -> None:
    provider_at(house, world)
    client = browser()
    assert "The House" not in client.get("/portal/sign-in/").content.decode()
    assert client.post("/portal/sign-in/with/house").status_code == 404


# The pages of signing in, at the portal


def test_the_mailed_link_does_not_pass_by_the_second_step(world: World) -> None:
    person = open_for(world.carol)
    passkey_of(person)
    client = Client()
    client.post(f"/portal/join/{token_in(ask(CAROL))}", {"password": NEW})
    assert not is_in(client)
    assert client.get("/portal/sign-in/second-step").status_code == 200


@pytest.mark.parametrize("path", ["sign-in/", "sign-in/mail", "password/", "sign-up/"])
def test_the_portal_has_its_own_pages_of_signing_in(world: World, path: str) -> None:
    page = Client().get(f"/portal/{path}").content.decode()
    assert world.shop.name in page and 'action="/psa/' not in page and 'href="/psa/' not in page
    assert 'class="door-mark"' not in page


def test_a_customers_own_page_is_in_the_portal_and_its_mails_lead_there(world: World) -> None:
    person = open_for(world.carol)
    client = Client()
    client.force_login(person)
    page = client.get("/portal/me/security").content.decode()
    assert 'class="portal-ways"' in page and "/psa/" not in page
    client.post("/portal/me/address", {"email": "new@acme.example"})
    Client().post("/portal/sign-in/mail", {"email": CAROL})
    Client().post("/portal/password/", {"email": CAROL})
    Worker().run_all()
    kinds = ("new_address", "sign_in_key", "password_reset")
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind__in=kinds)]
    assert len(texts) == 3 and all("/portal/" in text and "/psa/" not in text for text in texts)


def test_each_comes_in_where_he_belongs_by_whichever_door(world: World) -> None:
    open_for(world.carol)
    for path in ("/portal/sign-in/", "/psa/sign-in/"):
        for email, place in ((CAROL, "/portal/"), (world.tess.email, "/psa/")):
            answer = Client().post(path, {"login": email, "password": "correct horse battery"})
            assert (answer.status_code, answer.headers["Location"]) == (302, place)

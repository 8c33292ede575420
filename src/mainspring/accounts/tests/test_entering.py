"""Signing in, the forgotten password, the invitation, the own page."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mainspring.accounts.models import Person, Role
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def sign_in(client: Client, person: Person, password: str = PASSWORD) -> int:
    return client.post("/psa/sign-in/", {"login": person.email, "password": password}).status_code


def way_in(mail: OutgoingMail) -> str:
    found = re.search(r"http://localhost:8000(/psa/password/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def ask_for_link(client: Client, person: Person) -> str:
    client.post("/psa/password/", {"email": person.email})
    Worker().run_all()
    return way_in(OutgoingMail.objects.get(kind="password_reset"))


def set_password(client: Client, way: str, password: str) -> str:
    form = client.get(way, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else way
    done = client.post(address, {"password1": password, "password2": password}, follow=True)
    return done.content.decode()


def test_whoever_has_the_password_comes_in(world: World, client: Client) -> None:
    assert sign_in(client, world.tess) == 302
    assert client.get("/psa/").status_code == 200
    assert Event.objects.filter(kind="person.signed_in", actor=world.tess.actor_key).exists()


def test_a_wrong_password_is_refused_and_recorded(world: World, client: Client) -> None:
    assert sign_in(client, world.tess, "wrong horse battery") == 200
    assert client.get("/psa/").status_code == 302
    Worker().run_all()
    assert Event.objects.get(kind="person.sign_in_failed").origin == "127.0.0.1"


def test_after_five_wrong_passwords_the_right_one_waits_too(world: World, client: Client) -> None:
    for _ in range(5):
        sign_in(client, world.tess, "wrong horse battery")
    sign_in(client, world.tess)
    assert client.get("/psa/").status_code == 302


def test_who_has_left_does_not_come_in(world: World, client: Client) -> None:
    world.tess.leave(by=world.ada)
    sign_in(client, world.tess)
    assert client.get("/psa/").status_code == 302


def test_leaving_ends_a_session_at_once(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    world.tess.leave(by=world.ada)
    assert client.get("/psa/").status_code == 302


def test_a_forgotten_password_is_set_by_the_mailed_link_once(world: World, client: Client) -> None:
    way = ask_for_link(client, world.tess)
    assert "The new password is set" in set_password(client, way, "a quite different one")
    assert sign_in(client, world.tess, "a quite different one") == 302
    assert "used already" in client.get(way, follow=True).content.decode()


def test_a_new_password_ends_the_other_sessions(world: World, client: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, world.tess)
    set_password(client, ask_for_link(client, world.tess), "a quite different one")
    assert elsewhere.get("/psa/").status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world: World, client: Client) -> None:
    known = client.post("/psa/password/", {"email": world.tess.email}, follow=True)
    unknown = Client().post("/psa/password/", {"email": "nobody@nowhere.example"}, follow=True)
    csrf = re.compile(rb'value="[^"]{40,}"|X-CSRFToken": "[^"]+|data-csrf="[^"]+')
    assert csrf.sub(b"", known.content) == csrf.sub(b"", unknown.content)
    Worker().run_all()
    assert OutgoingMail.objects.filter(kind="password_reset").count() == 1


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_FORWARDED"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:8000@evil.example", "evil.example:8000", "localhost.evil.example"]
)
def test_no_host_header_bends_the_link(world: World, client: Client, header: str, host: str) -> None:
    """RELIABILITY 51: the link starts with the configured address; an unknown Host is refused."""
    said: dict[str, Any] = {header: host}
    answer = client.post("/psa/password/", {"email": world.tess.email}, **said)
    assert answer.status_code == (400 if header == "HTTP_HOST" else 303)
    Worker().run_all()
    assert all("evil" not in mail.text for mail in OutgoingMail.objects.all())


def test_an_invited_person_sets_the_first_password_by_mail(world: World, client: Client) -> None:
    invited = Person.objects.invite(email="ned@mainstreet.example", name="Ned", role=Role.TECHNICIAN, by=world.ada)
    Worker().run_all()
    set_password(client, way_in(OutgoingMail.objects.get(kind="invitation")), "the password of Ned")
    assert sign_in(client, invited, "the password of Ned") == 302


def test_with_a_password_no_invitation_is_mailed(world: World) -> None:
    Worker().run_all()
    assert not OutgoingMail.objects.filter(kind="invitation").exists()


def test_everybody_changes_his_own_page_and_not_his_role(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    told = {"name": "Tess A.", "phone": "050", "language": "he", "time_zone": "Asia/Jerusalem", "colour": "#112233"}
    assert client.post("/psa/me/", told | {"role": "owner"}).status_code == 303
    world.tess.refresh_from_db()
    assert (world.tess.name, world.tess.role) == ("Tess A.", Role.TECHNICIAN)


def test_the_own_password_is_changed_with_the_old_one_only(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    new = {"new": "a quite different one"}
    assert client.post("/psa/me/password", {"old": "wrong", **new}).status_code == 422
    assert client.post("/psa/me/password", {"old": PASSWORD, "new": "short"}).status_code == 422
    assert client.post("/psa/me/password", {"old": PASSWORD, **new}).status_code == 303
    assert client.get("/psa/me/").status_code == 200
    world.tess.refresh_from_db()
    assert world.tess.check_password("a quite different one")

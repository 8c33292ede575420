"""Signing in by mail, and changing the mail address."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mainspring.accounts.models import EntryRules, MailedKey, Person, Role
from mainspring.accounts.tests.hands import code_in, is_in, mails, set_password, sign_in, way_in
from world import PASSWORD, World

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str) -> None:
    assert client.post("/psa/sign-in/mail", {"email": email}).status_code == 303


def test_a_mailed_code_opens_once_and_in_the_browser_that_asked(world: World, client: Client) -> None:
    ask(client, "TESS@mainstreet.example")
    code = code_in(mails("sign_in_key")[0])
    elsewhere = Client()
    assert elsewhere.post("/psa/sign-in/mail/code", {"code": code}).status_code == 422
    assert client.post("/psa/sign-in/mail/code", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert is_in(client)
    client.post("/psa/sign-out/")
    client.post("/psa/sign-in/mail/code", {"code": code})
    assert not is_in(client)


def test_a_mailed_link_opens_in_any_browser_once_and_not_by_looking(world: World, client: Client) -> None:
    ask(client, world.tess.email)
    way = way_in(mails("sign_in_key")[0])
    for _ in range(3):
        assert Client().get(way).status_code == 200
    other = Client()
    other.post(way)
    assert is_in(other)
    assert Client().get(way).status_code == 404


def test_who_signed_himself_up_comes_in_once_the_address_is_shown_to_be_his(world: World, client: Client) -> None:
    new = Person.objects.invite(
        email="new@mainstreet.example", name="New", role=Role.TECHNICIAN, by=None, password=PASSWORD,
        address_proven_at=None,
    )  # fmt: skip
    answer = client.post("/psa/sign-in/", {"login": new.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/psa/sign-in/mail/code"
    assert not is_in(client)
    client.post("/psa/sign-in/mail/code", {"code": code_in(mails("sign_in_key")[0])})
    assert is_in(client)
    new.refresh_from_db()
    assert new.has_proven_address and new.check_password(PASSWORD)
    assert sign_in(Client(), new) == 302


def test_an_address_that_the_owner_changes_is_told_to_the_old_one(world: World) -> None:
    world.tess.become(by=world.ada, email="tess@home.example")
    notice = mails("security_notice")[0]
    assert notice.address == "tess@mainstreet.example" and "Ada Levi changed Tess Amir" in notice.text


def test_code_and_link_are_one_key(world: World, client: Client) -> None:
    ask(client, world.tess.email)
    mail = mails("sign_in_key")[0]
    client.post("/psa/sign-in/mail/code", {"code": code_in(mail)})
    assert is_in(client)
    assert Client().post(way_in(mail)).status_code == 404


def test_the_second_step_stands_behind_the_mail_too(world: World, client: Client) -> None:
    from mainspring.accounts.tests.test_passkeys import passkey_of

    passkey_of(world.tess)
    ask(client, world.tess.email)
    answer = client.post("/psa/sign-in/mail/code", {"code": code_in(mails("sign_in_key")[0])})
    assert answer.headers["Location"] == "/psa/sign-in/second-step"
    assert not is_in(client)


def test_it_goes_on_to_where_one_wanted_and_never_to_another_site(world: World, client: Client) -> None:
    for wanted, goes in (("/psa/tickets/", "/psa/tickets/"), ("https://evil.example/", "/psa/")):
        client.post("/psa/sign-out/")
        ask(client, world.tess.email)
        code = code_in(mails("sign_in_key")[-1])
        assert client.post("/psa/sign-in/mail/code", {"code": code, "next": wanted}).headers["Location"] == goes


def test_a_key_is_too_old_after_a_quarter_of_an_hour(world: World, client: Client) -> None:
    ask(client, world.tess.email)
    mail = mails("sign_in_key")[0]
    MailedKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.post("/psa/sign-in/mail/code", {"code": code_in(mail)})
    assert Client().get(way_in(mail)).status_code == 404
    assert not is_in(client)


def test_a_newer_key_ends_the_older_one(world: World, client: Client) -> None:
    ask(client, world.tess.email)
    old = mails("sign_in_key")[0]
    ask(Client(), world.tess.email)
    mails("sign_in_key")
    assert Client().get(way_in(old)).status_code == 404


def test_neither_code_nor_link_lies_in_the_table(world: World, client: Client) -> None:
    ask(client, world.tess.email)
    mail = mails("sign_in_key")[0]
    kept = str(MailedKey.objects.values().get())
    assert code_in(mail) not in kept and way_in(mail).rpartition("/")[2] not in kept


def test_the_shop_may_switch_it_off(world: World, client: Client) -> None:
    EntryRules.get().change(by=world.ada, mail_opens_desk=False)
    assert client.get("/psa/sign-in/mail").status_code == 404
    assert "Mail me a code" not in client.get("/psa/sign-in/").content.decode()


def test_a_new_address_is_proven_by_its_owner_and_told_to_the_old_one(world: World, client: Client) -> None:
    client.force_login(world.tess)
    client.post("/psa/me/address", {"email": "tess@home.example"})
    link = mails("new_address")[0]
    assert link.address == "tess@home.example"
    assert [(mail.address, "tess@home.example" in mail.text) for mail in mails("security_notice")] == [
        ("tess@mainstreet.example", True)
    ]
    assert Person.objects.get(pk=world.tess.pk).email == "tess@mainstreet.example"
    assert client.get(way_in(link)).status_code == 200
    assert client.post(way_in(link)).status_code == 303
    assert Person.objects.get(pk=world.tess.pk).email == "tess@home.example"
    assert mails("security_notice")[-1].address == "tess@mainstreet.example"
    assert sign_in(Client(), Person.objects.get(pk=world.tess.pk)) == 302


def test_nobody_else_opens_the_link_of_a_new_address(world: World, client: Client) -> None:
    client.force_login(world.tess)
    client.post("/psa/me/address", {"email": "tess@home.example"})
    way = way_in(mails("new_address")[0])
    other = Client()
    other.force_login(world.max)
    assert other.post(way).status_code == 404
    assert Client().post(way).status_code == 302
    assert Person.objects.get(pk=world.tess.pk).email == "tess@mainstreet.example"


def test_an_address_that_somebody_has_gets_the_same_answer_and_is_not_given_twice(world: World, client: Client) -> None:
    client.force_login(world.tess)
    said = [
        re.sub(rb"value=\"[^\"]{40,}\"|data-csrf=\"[^\"]+|X-CSRFToken\": \"[^\"]+|[a-z]+@[a-z.]+", b"", page)
        for email in ("max@mainstreet.example", "free@mainstreet.example")
        for page in [client.post("/psa/me/address", {"email": email}, follow=True).content]
    ]
    assert len(said[0]) == len(said[1])
    client.post("/psa/me/address", {"email": "max@mainstreet.example"})
    assert client.post(way_in(mails("new_address")[-1])).status_code == 422
    assert Person.objects.filter(email="max@mainstreet.example").count() == 1


def test_a_new_password_ends_what_was_mailed_before(world: World, client: Client) -> None:
    client.force_login(world.tess)
    client.post("/psa/me/address", {"email": "tess@home.example"})
    Client().post("/psa/password/", {"email": world.tess.email})
    set_password(Client(), way_in(mails("password_reset")[0]), "a quite different one")
    again = Client()
    sign_in(again, world.tess, "a quite different one")
    assert again.post(way_in(mails("new_address")[0])).status_code == 404
    assert Person.objects.get(pk=world.tess.pk).email == "tess@mainstreet.example"

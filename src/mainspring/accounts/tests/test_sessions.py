"""What is delicate wants a fresh proof; sessions are listed and ended; new browsers are told of."""

import pytest
from django.test import Client

from mainspring.accounts.factors import Factors
from mainspring.accounts.models import EntryRules, Sitting
from mainspring.accounts.tests.hands import is_in, mails, sign_in
from mainspring.accounts.tests.test_passkeys import asked, browser, passkey_of
from world import PASSWORD, World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]
NEW = "a quite different one"


def grow_stale(client: Client) -> None:
    """The last proof of this session is long ago."""
    session = client.session
    session["proved_at"] = 0
    session.save()


def test_what_is_delicate_asks_for_the_password_and_goes_on_with_what_was_typed(world: World, client: Client) -> None:
    client.force_login(world.ada)
    grow_stale(client)
    answer = client.post("/psa/settings/sign-in", {"second_factor_roles": ["technician"], "mail_opens_desk": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/psa/me/prove")
    assert EntryRules.get().second_factor_roles == []
    assert client.post("/psa/me/prove", {"password": "wrong horse battery"}).status_code == 422
    assert EntryRules.get().second_factor_roles == []
    assert client.post("/psa/me/prove", {"password": PASSWORD}).status_code == 303
    assert EntryRules.get().second_factor_roles == ["technician"]
    assert not EntryRules.get().mail_opens_portal


def test_a_page_that_is_delicate_is_shown_after_the_proof(world: World, client: Client) -> None:
    client.force_login(world.tess)
    grow_stale(client)
    assert client.get("/psa/me/app").headers["Location"] == "/psa/me/prove"
    assert client.post("/psa/me/prove", {"password": PASSWORD}).headers["Location"] == "/psa/me/app"
    assert client.get("/psa/me/app").status_code == 200


def test_a_passkey_is_a_proof(world: World) -> None:
    key = passkey_of(world.tess)
    client = browser()
    client.force_login(world.tess)
    grow_stale(client)
    client.post("/psa/me/codes")
    options = asked(client.get("/psa/me/prove").content.decode())
    answer = client.post("/psa/me/prove", {"credential": key.get(options)})
    assert "Your recovery codes" in answer.content.decode()


def test_what_was_posted_is_kept_sealed_and_is_of_one_person_and_once(world: World, client: Client) -> None:
    client.force_login(world.tess)
    grow_stale(client)
    client.post("/psa/me/password", {"old": PASSWORD, "new": NEW})
    assert NEW not in str(dict(client.session.items())) and PASSWORD not in str(dict(client.session.items()))
    client.post("/psa/me/prove", {"password": PASSWORD})
    world.tess.refresh_from_db()
    assert world.tess.check_password(NEW)
    assert client.post("/psa/me/prove", {"password": NEW}).headers["Location"] == "/psa/me/security"


@pytest.mark.parametrize(
    "path",
    [
        "/psa/me/password", "/psa/me/address", "/psa/me/app", "/psa/me/app/remove", "/psa/me/passkeys/add",
        "/psa/me/passkeys/1/remove", "/psa/me/codes", "/psa/me/links/github/add", "/psa/me/links/1/remove",
        "/psa/people/1/factors/reset", "/psa/settings/sign-in", "/psa/settings/sign-in/providers/add",
        "/psa/settings/payments",
    ],
)  # fmt: skip
def test_each_delicate_act_asks(world: World, client: Client, path: str) -> None:
    client.force_login(world.ada)
    grow_stale(client)
    assert client.post(path, {"x": "y"}).headers.get("Location") == "/psa/me/prove"


def test_sessions_are_listed_and_ended_singly_and_all(world: World, client: Client) -> None:
    others = [Client(headers={"user-agent": f"Mozilla/5.0 (Windows) Firefox/{n}"}) for n in (1, 2, 3)]
    for one in (client, *others):
        sign_in(one, world.tess)
    page = client.get("/psa/me/security").content.decode()
    assert page.count("Firefox, Windows") == 3 and "127.0.0.1" in page
    first = Sitting.objects.get(session_key=others[0].session.session_key)
    assert client.post(f"/psa/me/sessions/{first.pk}/end").status_code == 303
    assert [is_in(one) for one in (client, *others)] == [True, False, True, True]
    assert client.post("/psa/me/sessions/end").status_code == 303
    assert [is_in(one) for one in (client, *others)] == [True, False, False, False]


def test_nobody_ends_the_session_of_another(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    other = Client()
    sign_in(other, world.max)
    theirs = Sitting.objects.get(person=world.max)
    assert client.post(f"/psa/me/sessions/{theirs.pk}/end").status_code == 404
    assert is_in(other)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world: World, client: Client) -> None:
    other = Client()
    for one in (client, other):
        sign_in(one, world.tess)
    assert client.post("/psa/me/password", {"old": PASSWORD, "new": NEW}).status_code == 303
    assert (is_in(client), is_in(other)) == (True, False)
    assert Sitting.objects.filter(person=world.tess).alive().count() == 1


def test_signing_out_takes_the_session_from_the_list(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    client.post("/psa/sign-out/")
    assert Sitting.objects.filter(person=world.tess).alive().count() == 0


def test_a_sign_in_with_a_new_browser_is_mailed_but_not_the_first_ever(world: World, client: Client) -> None:
    sign_in(client, world.tess)
    assert mails("security_notice") == []
    client.post("/psa/sign-out/")
    sign_in(client, world.tess)
    assert mails("security_notice") == []
    sign_in(Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/1"}), world.tess)
    notice = mails("security_notice")
    assert len(notice) == 1
    assert "Safari, iPhone" in notice[0].text and "127.0.0.1" in notice[0].text


def test_the_password_right_and_the_code_wrong_is_mailed_once_a_day(world: World) -> None:
    passkey_of(world.tess)
    Factors(world.tess).make_codes(by=world.tess)
    client = Client()
    sign_in(client, world.tess)
    for _ in range(3):
        client.post("/psa/sign-in/second-step", {"code": "000000"})
    told = [mail for mail in mails("security_notice") if "the code was wrong" in mail.text]
    assert len(told) == 1

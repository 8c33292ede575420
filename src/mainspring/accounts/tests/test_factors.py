"""Second factors: the app, the recovery codes, who needs one, who takes them away."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from mainspring.accounts import factors
from mainspring.accounts.events import FACTORS_RESET
from mainspring.accounts.factors import Factors
from mainspring.accounts.models import EntryRules, Person
from mainspring.accounts.tests.hands import Phone, is_in, mails, sign_in
from mainspring.events.models import Event
from world import World

pytestmark = pytest.mark.django_db

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's clock for codes stands still."""
    cache.clear()
    monkeypatch.setattr(factors, "period_now", lambda: int(NOW) // factors.PERIOD)


def second_step(client: Client, code: str) -> int:
    return client.post("/psa/sign-in/second-step", {"code": code}).status_code


def shown_codes(html: str) -> list[str]:
    return re.findall(r"<li><code>([\w-]+)</code>", html)


def test_with_an_app_the_password_alone_opens_nothing(world: World, client: Client) -> None:
    phone = Phone.of(world.tess, NOW)
    assert sign_in(client, world.tess) == 302
    assert not is_in(client)
    assert second_step(client, "000000" if phone.shows() != "000000" else "111111") == 200
    assert not is_in(client)
    assert second_step(client, phone.shows()) == 302
    assert is_in(client)


def test_the_app_is_set_up_with_its_picture_and_first_code_and_recovery_codes_follow(
    world: World, client: Client
) -> None:
    sign_in(client, world.tess)
    page = client.get("/psa/me/app").content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r'<code class="secret" dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert secret
    phone = Phone(NOW)
    phone.secret = secret[1].replace(" ", "")
    assert client.post("/psa/me/app", {"code": "123"}).status_code == 422
    answer = client.post("/psa/me/app", {"code": phone.shows()})
    assert len(shown_codes(answer.content.decode())) == 10
    assert Factors(world.tess).app and Factors(world.tess).codes_left == 10
    assert client.get("/psa/me/security").status_code == 200


def test_a_code_is_taken_once(world: World) -> None:
    phone = Phone.of(world.tess, NOW)
    for place, comes_in in ((Client(), True), (Client(), False)):
        sign_in(place, world.tess)
        second_step(place, phone.shows())
        assert is_in(place) is comes_in


def test_an_older_code_than_the_last_one_is_refused(world: World) -> None:
    phone = Phone.of(world.tess, NOW)
    assert Factors(world.tess).accept(phone.shows(periods=1))
    assert Factors(world.tess).accept(phone.shows()) is None


@pytest.mark.parametrize(("periods", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off(world: World, periods: int, is_taken: bool) -> None:
    phone = Phone.of(world.tess, NOW)
    assert bool(Factors(world.tess).accept(phone.shows(periods=periods))) is is_taken


def test_a_recovery_code_opens_once_and_is_told_of(world: World) -> None:
    Phone.of(world.tess, NOW)
    codes = Factors(world.tess).make_codes(by=world.tess)
    for place, comes_in in ((Client(), True), (Client(), False)):
        sign_in(place, world.tess)
        second_step(place, codes[0].lower().replace("-", " "))
        assert is_in(place) is comes_in
    assert Factors(world.tess).codes_left == 9
    assert any("9 are left" in mail.text for mail in mails("security_notice"))


def test_new_recovery_codes_make_the_old_ones_void(world: World) -> None:
    Phone.of(world.tess, NOW)
    old = Factors(world.tess).make_codes(by=world.tess)
    Factors(world.tess).make_codes(by=world.tess)
    assert all(Factors(world.tess).accept(code) is None for code in old)


def test_no_secret_lies_open_in_the_database(world: World, client: Client) -> None:
    phone = Phone.of(world.tess, NOW)
    codes = Factors(world.tess).make_codes(by=world.tess)
    sign_in(client, world.max)
    client.get("/psa/me/app")
    waiting = client.session["app_secret"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = str(cursor.fetchall())
    assert phone.secret not in kept
    assert not any(code.replace("-", "") in kept or code in kept for code in codes)
    assert re.fullmatch("[0-9a-f]{100,}", waiting)


def test_a_secret_moved_to_another_person_opens_nothing(world: World) -> None:
    phone = Phone.of(world.tess, NOW)
    Phone.of(world.max, NOW)
    row = Factors(world.max).app
    hers = Factors(world.tess).app
    assert row and hers
    row.data["secret"] = hers.data["secret"]
    row.save()
    assert Factors(world.max).accept(phone.shows()) is None


def test_who_needs_a_factor_and_has_none_is_led_to_it_and_nowhere_else(world: World, client: Client) -> None:
    EntryRules.get().change(by=world.ada, second_factor_roles=["technician"])
    sign_in(client, world.tess)
    for path in ("/psa/", "/psa/tickets/", "/psa/me/", "/psa/me/security", "/psa/invoices/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/psa/me/second-factor"), path
    page = client.get("/psa/me/app").content.decode()
    phone = Phone(NOW)
    (shown,) = re.findall(r'<code class="secret" dir="ltr">([A-Z2-7 ]+)</code>', page)
    phone.secret = shown.replace(" ", "")
    assert client.post("/psa/me/app", {"code": phone.shows()}).status_code == 200
    assert is_in(client)


def test_who_has_a_factor_or_another_role_is_not_led_anywhere(world: World, client: Client) -> None:
    EntryRules.get().change(by=world.ada, second_factor_roles=["technician"])
    sign_in(client, world.max)
    assert is_in(client)
    phone = Phone.of(world.tess, NOW)
    other = Client()
    sign_in(other, world.tess)
    second_step(other, phone.shows())
    assert is_in(other)


def test_the_last_factor_stays_where_the_role_needs_one(world: World, client: Client) -> None:
    Phone.of(world.tess, NOW)
    client.force_login(world.tess)
    EntryRules.get().change(by=world.ada, second_factor_roles=["technician"])
    assert client.post("/psa/me/app/remove").status_code == 422
    EntryRules.get().change(by=world.ada, second_factor_roles=[])
    assert client.post("/psa/me/app/remove").status_code == 303
    assert not Factors(Person.objects.get(pk=world.tess.pk))


def test_recovery_codes_go_with_the_last_factor(world: World) -> None:
    Phone.of(world.tess, NOW)
    codes = Factors(world.tess).make_codes(by=world.tess)
    Factors(world.tess).remove_app(by=world.tess)
    assert Factors(world.tess).accept(codes[0]) is None


def test_a_manager_resets_the_factors_of_who_lost_his_phone(world: World, client: Client) -> None:
    Phone.of(world.tess, NOW)
    hers = Client()
    hers.force_login(world.tess)
    client.force_login(world.max)
    assert client.post(f"/psa/people/{world.tess.pk}/factors/reset").status_code == 303
    assert not Factors(world.tess)
    assert not is_in(hers)
    event = Event.objects.get(kind=FACTORS_RESET.name)
    assert (event.actor, event.subject) == (world.max.actor_key, f"person:{world.tess.pk}")
    notice = mails("security_notice")[-1]
    assert notice.address == world.tess.email and "Max Stern reset the second factors of Tess Amir" in notice.text
    assert sign_in(Client(), world.tess) == 302


def test_nobody_resets_his_own_and_a_manager_not_the_owners(world: World, client: Client) -> None:
    Phone.of(world.ada, NOW)
    client.force_login(world.max)
    assert client.post(f"/psa/people/{world.max.pk}/factors/reset").status_code == 422
    assert client.post(f"/psa/people/{world.ada.pk}/factors/reset").status_code == 403
    assert Factors(world.ada)


def test_each_change_of_factors_is_mailed(world: World) -> None:
    Phone.of(world.tess, NOW)
    Factors(world.tess).make_codes(by=world.tess)
    Factors(world.tess).remove_app(by=world.tess)
    told = [mail.subject for mail in mails("security_notice")]
    assert told == [
        "Tess Amir added an authenticator app",
        "Tess Amir made new recovery codes",
        "Tess Amir removed the authenticator app",
    ]


def test_who_starts_over_at_the_second_step_sees_the_sign_in_again(world: World, client: Client) -> None:
    Phone.of(world.tess, NOW)
    sign_in(client, world.tess)
    assert client.get("/psa/sign-in/").headers["Location"] == "/psa/sign-in/second-step"
    client.post("/psa/sign-out/")
    assert client.get("/psa/sign-in/").status_code == 200

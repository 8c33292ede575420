"""Tokens: shown once, kept as hashes, never wider than their owner, dead at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from api_world import Caller, caller
from mainspring.accounts.models import AccessToken, ApiSession, Person, RefreshToken, SigningKey
from mainspring.core import limits
from mainspring.events.models import Event
from world import PASSWORD, World, build_world


@pytest.fixture(autouse=True)
def nothing_in_hand() -> None:
    limits.forget()


def sign_in(email: str = "tess@mainstreet.example", password: str = PASSWORD, **more: str) -> Any:
    return Caller().post("/auth/token", {"email": email, "password": password, **more})


@pytest.mark.django_db
def test_a_token_is_kept_as_a_hash_and_found_by_its_public_part(world: World) -> None:
    token, whole = AccessToken.objects.make(
        holder=world.tess, name="till", scopes=["tickets:read"], expires_at=None, by=world.tess
    )
    assert whole.startswith(f"{token.public}_") and whole not in str(AccessToken.objects.values())
    assert AccessToken.objects.good(whole) == token
    assert AccessToken.objects.good(whole[:-1] + ("a" if whole[-1] != "a" else "b")) is None
    assert whole not in str(list(Event.objects.values("data")))


@pytest.mark.django_db
def test_a_token_is_made_for_the_password_and_shown_once(world: World, as_person: Any) -> None:
    client: Client = as_person(world.tess)
    form = {"name": "till", "ends": "30", "scopes": ["tickets:read"]}
    assert client.post("/psa/me/tokens/", {**form, "password": "wrong"}).status_code == 422
    assert not AccessToken.objects.exists()
    made = client.post("/psa/me/tokens/", {**form, "password": PASSWORD})
    token = AccessToken.objects.get()
    assert made.status_code == 200 and f"{token.public}_" in made.text
    assert f"{token.public}_" not in client.get("/psa/me/tokens/").text
    assert token.expires_at is not None
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)


@pytest.mark.django_db
def test_one_sees_his_own_and_the_owner_everybodys(world: World, as_person: Any) -> None:
    caller(world.max)
    assert "test" not in as_person(world.tess).get("/psa/me/tokens/").text
    assert as_person(world.ada).get("/psa/people/tokens/").text.count("Max Stern") >= 1
    assert len(caller(world.ada).get("/tokens?holder=all").json()["items"]) == 2
    assert caller(world.tess).get("/tokens?holder=all").status_code == 403


@pytest.mark.django_db
def test_a_token_is_dead_the_moment_it_is_revoked(world: World) -> None:
    program = caller(world.tess)
    assert program.get("/me").status_code == 200
    AccessToken.objects.get().revoke(by=world.ada)
    assert program.get("/me").status_code == 401


@pytest.mark.django_db
def test_a_token_ends_at_its_time(world: World) -> None:
    program = caller(world.tess)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get("/me").status_code == 401


@pytest.mark.django_db
def test_whoever_leaves_takes_his_tokens_and_sign_ins_with_him(world: World) -> None:
    program, signed = caller(world.tess), Caller(sign_in().json()["accessToken"])
    assert (program.get("/me").status_code, signed.get("/me").status_code) == (200, 200)
    world.tess.leave(by=world.ada)
    assert (program.get("/me").status_code, signed.get("/me").status_code) == (401, 401)


@pytest.mark.django_db
def test_a_new_password_ends_them_too(world: World) -> None:
    program, signed = caller(world.tess), Caller(sign_in().json()["accessToken"])
    world.tess.change_password("another long password", by=world.tess)
    assert (program.get("/me").status_code, signed.get("/me").status_code) == (401, 401)


@pytest.mark.django_db
def test_a_lowered_owner_lowers_his_token_at_once(world: World) -> None:
    program = caller(world.max)
    assert program.get("/shop").status_code == 200
    world.max.become(by=world.ada, role="technician")
    assert program.get("/shop").status_code == 403


@pytest.mark.django_db
def test_signing_in_gives_a_short_token_signed_by_a_known_key(world: World) -> None:
    told = sign_in().json()
    assert jwt.get_unverified_header(told["accessToken"])["kid"] == SigningKey.objects.get().kid
    claims = jwt.decode(told["accessToken"], options={"verify_signature": False})
    assert claims["sub"] == world.tess.actor_key and claims["exp"] - claims["iat"] == told["expiresIn"] == 600
    assert Caller(told["accessToken"]).get("/me").json()["name"] == "Tess Amir"


@pytest.mark.django_db
@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_forged_token_opens_nothing(world: World, alg: str) -> None:
    good = sign_in().json()["accessToken"]
    claims = jwt.decode(good, options={"verify_signature": False})
    kid = jwt.get_unverified_header(good)["kid"]
    forged = jwt.encode(claims, "" if alg == "none" else "x" * 40, algorithm=alg, headers={"kid": kid})
    assert Caller(forged).get("/me").status_code == 401
    assert (
        Caller(jwt.encode(claims, "x" * 40, algorithm="HS256", headers={"kid": "nobody"})).get("/me").status_code == 401
    )


@pytest.mark.django_db
def test_keys_change_and_what_the_old_one_signed_stays_good_as_long_as_it_would(world: World) -> None:
    program = Caller(sign_in().json()["accessToken"])
    SigningKey.rotate(after=timedelta(0))
    assert SigningKey.objects.count() == 2 and program.get("/me").status_code == 200
    SigningKey.objects.update(made_at=timezone.now() - timedelta(days=40))
    SigningKey.rotate()
    assert SigningKey.objects.filter(made_at__gt=timezone.now() - timedelta(minutes=1)).count() == 1
    limits.forget()
    assert Caller(sign_in().json()["accessToken"]).get("/me").status_code == 200


@pytest.mark.django_db
def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_sign_in(world: World) -> None:
    first = sign_in().json()
    second = Caller().post("/auth/refresh", {"refreshToken": first["refreshToken"]}).json()
    assert Caller(second["accessToken"]).get("/me").status_code == 200
    stolen = Caller().post("/auth/refresh", {"refreshToken": first["refreshToken"]})
    assert stolen.status_code == 401
    assert Caller(second["accessToken"]).get("/me").status_code == 401
    assert Caller().post("/auth/refresh", {"refreshToken": second["refreshToken"]}).status_code == 401
    assert Event.objects.filter(kind="token.refresh_reused", stream=world.tess.actor_key).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_refresh_token_at_once_one_gets_through() -> None:
    world = build_world()
    _session, whole = ApiSession.objects.begin(world.tess, scopes=["*"])

    def renew(_n: int) -> bool:
        try:
            return ApiSession.renew(whole) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(renew, range(16)))
    assert won == 1
    assert ApiSession.objects.get().ended_at is not None
    assert RefreshToken.objects.count() == 2


@pytest.mark.django_db
def test_signing_out_ends_the_access_token_at_once(world: World) -> None:
    told = sign_in().json()
    assert Caller().post("/auth/sign-out", {"refreshToken": told["refreshToken"]}).status_code == 204
    assert Caller(told["accessToken"]).get("/me").status_code == 401


@pytest.mark.django_db
def test_a_personal_token_signs_in_with_its_own_scopes_and_no_more(world: World) -> None:
    program = caller(world.ada, "tickets:read")
    told = Caller().post("/auth/token", {"personalToken": program.bearer}).json()
    signed = Caller(told["accessToken"])
    assert signed.get("/tickets").status_code == 200 and signed.get("/people").status_code == 403
    AccessToken.objects.get().revoke(by=world.ada)
    assert signed.get("/tickets").status_code == 401


@pytest.mark.django_db
def test_five_passwords_may_be_tried_and_known_and_unknown_addresses_read_alike(world: World) -> None:
    known = [sign_in(password="wrong").status_code for _ in range(6)]
    assert known == [401] * 5 + [429]
    assert sign_in().status_code == 429, "the right password does not help while it is closed"
    unknown = sign_in("nobody@mainstreet.example", "wrong")
    limits.forget()
    assert unknown.status_code == 401
    assert unknown.json() == sign_in("max@mainstreet.example", "wrong").json()


@pytest.mark.django_db(transaction=True)
def test_the_tries_hold_when_they_come_at_once() -> None:
    build_world()
    checked: list[str] = []
    hash_it = Person.check_password

    def check(self: Person, password: str) -> bool:
        checked.append(password)
        return hash_it(self, password)

    def guess(n: int) -> int:
        try:
            return int(sign_in(password=f"guess {n}").status_code)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(8) as pool:
        patched.setattr(Person, "check_password", check)
        answers = list(pool.map(guess, range(40)))
    assert len(checked) <= 5 and set(answers) <= {401, 429, 503} and answers.count(401) <= 5

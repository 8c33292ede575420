"""Limits hold when tried in parallel from everywhere; they answer 429 and end; the owner comes in at his desk."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mainspring.accounts import limits
from mainspring.accounts.factors import Factors
from mainspring.accounts.models import MailedKey, Person
from mainspring.accounts.tasks import forget_tries
from mainspring.accounts.tests.hands import code_in, is_in, mails, sign_in
from mainspring.core.limits import Limit
from mainspring.core.models import Tries
from world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many passwords and codes were really looked at."""
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def counted(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(self: Any, typed: str) -> Any:
            with lock:
                seen[name] += 1
            return act(self, typed)

        return counting

    monkeypatch.setattr(Person, "check_password", counted("password", Person.check_password))
    monkeypatch.setattr(Factors, "accept", counted("code", Factors.accept))
    return seen


def all_at_once(act: Callable[[int], int], numbers: Iterable[int]) -> Counter[int]:
    """The statuses of the answers."""

    def apart(number: int) -> int:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(apart, numbers))


def somewhere(number: int) -> Client:
    """A browser at one of many network addresses."""
    return Client(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}")


def holder_of(client: Client, number: int = 0) -> Client:
    """Another one with the same cookies, for another thread."""
    other = somewhere(number)
    other.cookies = client.cookies
    return other


def slowly_read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """What was read is old before it is acted on, as on a busy machine."""
    answer = execute(sql, params, many, context)
    if sql.startswith("SELECT"):
        time.sleep(0.01)
    return answer


def test_of_200_tries_in_one_moment_exactly_five_are_allowed(world: World) -> None:
    """The limit itself, without the pages around it; one that read first and wrote then would let dozens through."""
    limit = Limit("moment", 5, 300)

    def take(_number: int) -> int:
        with connection.execute_wrapper(slowly_read):
            return 200 if limit.allows("one") else 429

    assert all_at_once(take, range(200)) == {200: 5, 429: 195}


def test_of_1000_codes_at_once_five_are_looked_at(world: World, looked_at: Counter[str]) -> None:
    from mainspring.accounts.tests.test_passkeys import passkey_of

    passkey_of(world.tess)
    Factors(world.tess).make_codes(by=world.tess)
    thief = Client()
    sign_in(thief, world.tess)

    def guess(number: int) -> int:
        answer = holder_of(thief, number).post("/psa/sign-in/second-step", {"code": f"{number:06}"})
        assert answer.status_code != 429 or int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    answers = all_at_once(guess, range(1000))
    assert looked_at["code"] <= limits.CODES.most
    assert answers[429] >= 1000 - limits.CODES.most and set(answers) <= {200, 429}
    assert not is_in(thief)


def test_of_200_passwords_at_once_five_are_looked_at(world: World, looked_at: Counter[str]) -> None:
    answers = all_at_once(
        lambda number: sign_in(somewhere(number), world.tess, f"password number {number}"), range(200)
    )
    assert looked_at["password"] == limits.PASSWORDS.most
    assert answers == {200: limits.PASSWORDS.most, 429: 200 - limits.PASSWORDS.most}


def test_of_200_mailed_codes_at_once_five_are_looked_at(world: World) -> None:
    client = Client()
    client.post("/psa/sign-in/mail", {"email": world.tess.email})
    code = code_in(mails("sign_in_key")[0])
    wrong = [f"{number:06}" for number in range(201) if f"{number:06}" != code][:200]
    all_at_once(
        lambda n: holder_of(client, n).post("/psa/sign-in/mail/code", {"code": wrong[n]}).status_code, range(200)
    )
    assert MailedKey.objects.get().tries_left == 0
    client.post("/psa/sign-in/mail/code", {"code": code})
    assert not is_in(client)


def test_one_mailed_code_sent_20_times_at_once_opens_once(world: World) -> None:
    client = Client()
    client.post("/psa/sign-in/mail", {"email": world.tess.email})
    code = code_in(mails("sign_in_key")[0])
    answers = all_at_once(
        lambda _n: holder_of(client).post("/psa/sign-in/mail/code", {"code": code}).status_code, range(4)
    )
    assert answers[302] == 1


def test_one_recovery_code_sent_ten_times_at_once_is_taken_once(world: World) -> None:
    from mainspring.accounts.tests.test_passkeys import passkey_of

    passkey_of(world.tess)
    code = Factors(world.tess).make_codes(by=world.tess)[0]
    answers = all_at_once(lambda _n: 302 if Factors(world.tess).accept(code) else 200, range(10))
    assert answers == {302: 1, 200: 9}
    assert Factors(world.tess).codes_left == 9


def test_the_owner_comes_in_with_his_own_browser_while_somebody_guesses(world: World) -> None:
    at_his_desk = Client()
    sign_in(at_his_desk, world.tess)
    at_his_desk.post("/psa/sign-out/")
    for number in range(10):
        sign_in(Client(), world.tess, f"password number {number}")
    assert sign_in(Client(), world.tess) == 429
    assert sign_in(at_his_desk, world.tess) == 302
    assert is_in(at_his_desk)


def test_a_stolen_browser_cookie_gives_its_own_five_tries_and_no_more(world: World, looked_at: Counter[str]) -> None:
    thief = Client()
    sign_in(thief, world.tess)
    thief.post("/psa/sign-out/")
    looked_at.clear()
    for number in range(20):
        sign_in(thief, world.tess, f"password number {number}")
    assert looked_at["password"] == limits.PASSWORDS.most


def test_the_limit_ends_by_itself_and_a_right_password_counts_nothing(world: World) -> None:
    for _ in range(10):
        assert sign_in(Client(), world.tess) == 302
    for number in range(6):
        sign_in(Client(), world.tess, f"password number {number}")
    assert sign_in(Client(), world.tess) == 429
    Tries.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(Client(), world.tess) == 302


def test_one_address_that_guesses_at_many_people_is_stopped(world: World, looked_at: Counter[str]) -> None:
    statuses = [
        Client().post("/psa/sign-in/", {"login": f"nobody{n}@nowhere.example", "password": PASSWORD}).status_code
        for n in range(limits.FAILURES_FROM.most + 5)
    ]
    assert statuses[-1] == 429 and statuses[0] == 200


def test_one_address_is_mailed_five_keys_in_a_quarter_of_an_hour(world: World) -> None:
    statuses = [Client().post("/psa/sign-in/mail", {"email": world.tess.email}).status_code for _ in range(8)]
    assert statuses == [303] * 5 + [429] * 3
    assert len(mails("sign_in_key")) == 5


def test_spells_that_are_over_are_forgotten(world: World) -> None:
    sign_in(Client(), world.tess, "wrong")
    forget_tries.call()
    assert Tries.objects.exists()
    Tries.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    forget_tries.call()
    assert not Tries.objects.exists()

"""What a stranger learns about who has an account: nothing, by what is answered and by how long it takes.

RELIABILITY 49: the same body, the same status, medians within 5 ms over 400 tries.
"""

import re
import time
from statistics import median

import pytest
from django.conf import LazySettings
from django.test import Client

from mainspring.accounts import limits
from mainspring.accounts.limits import Allowance
from world import PASSWORD, World

pytestmark = pytest.mark.django_db
FORM_KEYS = re.compile(rb'value="[^"]{40,}"|X-CSRFToken": "[^"]+|data-csrf="[^"]+')
TRIES = 400
APART = 0.005
"""Seconds between the medians."""

ASKED = {
    "sign in": ("/psa/sign-in/", "login", {"password": "wrong horse battery"}),
    "password": ("/psa/password/", "email", {}),
    "mailed code": ("/psa/sign-in/mail", "email", {}),
    "sign up": ("/psa/sign-up/", "email", {"password1": PASSWORD}),
}


def ask(question: str, address: str) -> tuple[int, bytes, str]:
    path, field, more = ASKED[question]
    answer = Client().post(path, {field: address, **more})
    body = FORM_KEYS.sub(b"", answer.content.replace(address.encode(), b""))
    return answer.status_code, body, answer.headers.get("Location", "")


@pytest.mark.parametrize("question", ASKED)
def test_the_answer_is_the_same(world: World, question: str) -> None:
    assert ask(question, world.tess.email) == ask(question, "nobody@mainstreet.example")


@pytest.mark.matrix
@pytest.mark.parametrize("question", ASKED)
def test_it_takes_the_same_time(
    world: World, question: str, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """In turns, so that a busy machine slows both down. The limits are as wide as the test needs."""
    monkeypatch.setattr(Allowance, "take", lambda self: [limit.take(key) for limit, key in self.takings] and 0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    took: dict[str, list[float]] = {world.tess.email: [], "nobody@mainstreet.example": []}
    for _ in range(TRIES // 2):
        for address, times in took.items():
            began = time.perf_counter()
            ask(question, address)
            times.append(time.perf_counter() - began)
    known, unknown = (median(times) for times in took.values())
    print(f"{question}: {known * 1000:.2f} ms known, {unknown * 1000:.2f} ms unknown")
    assert abs(known - unknown) < APART


@pytest.mark.parametrize("address", ["tess@mainstreet.example", "nobody@mainstreet.example"])
def test_the_limit_counts_both(world: World, address: str) -> None:
    statuses = [ask("sign in", address)[0] for _ in range(limits.PASSWORDS.most + 1)]
    assert statuses == [200] * limits.PASSWORDS.most + [429]

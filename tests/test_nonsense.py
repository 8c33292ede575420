"""Whatever is asked with whatever nonsense, the answer is a page or a plain refusal: never a 500.

What a page reads of an address or of a form is learned from the page itself: the names that it asks for, and the fields
of the forms that stand there. Each of them is given, one after another, what hardly anybody types and every scan sends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse

from scene import OF, Scene, build_scene
from test_everything_is_told import SKIPPED, forms_of, sitting
from test_permissions import LINES
from world import World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]

FOUND_MOST = ("²", "9" * 20)
"""A digit that is no number, a number that no column holds."""
NONSENSE = (*FOUND_MOST, "9" * 17, "\x00", "-1", "1e999", "NaN", "0001-01-01T00:00", "[{}]", "1" * 5000, "x" * 300)
SENT = NONSENSE if os.environ.get("MAINSPRING_NONSENSE") else FOUND_MOST
"""All of it by `make soak-nonsense`, on both engines."""
READERS = ("get", "getlist", "__getitem__", "__contains__")
FORM = "application/x-www-form-urlencoded"
OURS = "csrfmiddlewaretoken"
HEALTH = "health_status"
"""Answers 503 when something is broken, and here nobody runs the tasks."""


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names that addresses and forms are asked for meanwhile."""
    names: set[str] = set()

    def watched(read: Any) -> Any:
        def reading(given: QueryDict, name: str, *more: Any) -> Any:
            names.add(name)
            return read(given, name, *more)

        return reading

    with patch.multiple(QueryDict, **{one: watched(getattr(QueryDict, one)) for one in READERS}):
        yield names


def status(client: Client, method: str, path: str, data: dict[str, Any]) -> int:
    """What is answered; what it did is undone."""
    cache.clear()
    with transaction.atomic():
        answer = getattr(client, method)(path, data)
        transaction.set_rollback(True)
    return answer.status_code


def browser(person: Any) -> Client:
    client = sitting(person)
    client.raise_request_exception = False
    return client


def routes(world: World, scene: Scene) -> Iterator[tuple[Client, str, str, tuple[Any, ...]]]:
    """Every route by GET and by POST, as it answers: who asks, the method, its name, the arguments of his own thing."""
    staff, customer = browser(world.ada), browser(scene.carols)
    for name, line in LINES.items():
        for method in {"GET", "POST"} & set(line.methods):
            yield customer if line.who == "customer" else staff, method, name, OF[line.about](scene).own


def test_no_route_falls_over_what_it_reads(world: World, settings: LazySettings) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    fallen, read = set[str](), 0
    for client, method, name, own in routes(world, scene):
        if name in (*SKIPPED, HEALTH):
            continue
        path = reverse(name, args=own)
        with names_read() as names:
            status(client, method.lower(), path, {})
        for field in names - {OURS}:
            read += 1
            for nonsense in SENT:
                if status(client, method.lower(), path, {field: nonsense}) >= 500:
                    fallen.add(f"{method} {name}: {field}={nonsense[:20]!r}")
    assert sorted(fallen) == []
    assert read > 400, "it was learned what the pages read"


@pytest.mark.parametrize("portal", [False, True], ids=["desk", "portal"])
def test_no_form_falls_over_one_field(world: World, settings: LazySettings, portal: bool) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    client = browser(scene.carols if portal else world.ada)
    fallen, filled = set[str](), set[tuple[str, str]]()
    for route, form in forms_of(client, scene, portal=portal):
        for field in form.values.keys() - {OURS}:
            if (route, field) in filled:
                continue
            filled.add((route, field))
            for nonsense in SENT:
                if status(client, "post", form.action, {**form.values, field: nonsense}) >= 500:
                    fallen.add(f"{route}: {field}={nonsense[:20]!r}")
    assert sorted(fallen) == []
    assert len(filled) > (10 if portal else 250)


PATHS = (10**19, 2**31, 0, "²", "a\x00", "x" * 3000, "..", "%00")


def test_no_route_falls_over_its_path(world: World, settings: LazySettings) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    fallen, sent = set[str](), 0
    for client, method, name, own in routes(world, scene):
        for path in bent_paths(name, own):
            sent += 1
            if status(client, method.lower(), path, {}) >= 500:
                fallen.add(f"{method} {path[:60]}")
    assert sorted(fallen) == []
    assert sent > 500


def bent_paths(name: str, arguments: tuple[Any, ...]) -> Iterator[str]:
    """The addresses of a route with nonsense for one of its arguments, as far as it takes that for one."""
    for at in range(len(arguments)):
        for nonsense in PATHS:
            with suppress(NoReverseMatch):
                yield reverse(name, args=[*arguments[:at], nonsense, *arguments[at + 1 :]])


HEADERS = {
    "Accept-Language": ("²", "he;q=²", "en-" + "a" * 300, "\x00"),
    "Authorization": ("²", "Bearer", "Bearer ²", "Basic ²", "Bearer msp_²_²"),
    "Content-Type": ("²", "multipart/form-data", "multipart/form-data; boundary=", "application/json; charset=²"),
    "Cookie": ("django_language=²; theme=²; messages=²; sessionid=%00; csrftoken=²", "=;;=", "sessionid=" + "x" * 5000),
    "HX-Current-URL": ("http://[", "²"),
    "HX-Request": ("²",),
    "Idempotency-Key": ("²", "x" * 3000, "\x00"),
    "If-Modified-Since": ("²", "Mon, 99 Nov 9999 99:99:99 GMT"),
    "If-None-Match": ("²", '"' * 9),
    "Range": ("bytes=²-", "bytes=9-1", "bytes=" + "9" * 30 + "-", "bytes=--", "bytes=0-0,5-9"),
    "Referer": ("²", "http://[", "//", "x" * 3000),
    "User-Agent": ("\x00²", "x" * 3000),
    "X-Forwarded-For": ("²", "999.999.999.999", "x" * 3000, ",,"),
}
NOT_SET_UP = "stripe_webhook"
"""Tells the provider 503 while no gateway is set up, so that it tries again."""
ONE_OF_EACH = ("tickets", "ticket", "note", "attachment", "portal", "home", "account_login")
"""A list, a page, a form, a file; of the desk, the portal and the site."""


def test_no_route_falls_over_a_header(world: World, settings: LazySettings) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    fallen = set[str]()
    asked = ONE_OF_EACH if SENT == FOUND_MOST else LINES.keys() - {*SKIPPED, HEALTH, NOT_SET_UP}
    for name, line in ((name, LINES[name]) for name in asked):
        client = browser(scene.carols if line.who == "customer" else world.ada)
        path = reverse(name, args=OF[line.about](scene).own)
        for method in {"GET", "POST"} & set(line.methods):
            for header, values in HEADERS.items():
                for value in values:
                    if with_header(client, method, path, header, value) >= 500:
                        fallen.add(f"{method} {name} {header}: {value[:40]!r}")
    assert sorted(fallen) == []


def with_header(client: Client, method: str, path: str, header: str, value: str) -> int:
    cache.clear()
    kind, headers = (value, {}) if header == "Content-Type" else (FORM, {header: value})
    with transaction.atomic():
        answer = client.generic(method, path, b"text=x", content_type=kind, headers=headers)
        transaction.set_rollback(True)
    return answer.status_code

"""RELIABILITY P16: whatever somebody changes, an event tells of it.

Every form on every page of the desk and the portal is filled in and sent, as whoever sees it would. What a request
wrote besides indexes, limits and what a browser remembers must have come with an event.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from mainspring.accounts.entering import PROVED_AT
from scene import OF, Scene, build_scene
from telling import SILENT, Watch, watched
from test_permissions import LINES, PERSONAL
from world import World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]

TABS = ("notes", "services", "parts", "contacts", "attachments", "estimates", "billing")
SKIPPED = ("account_logout", "portal_sign_out", "end_sittings", "end_sitting")
"""Those that end the very session by which the others are sent."""
WORDS = {"number": "3", "email": "new@nowhere.example", "date": "2031-05-05", "datetime-local": "2031-05-05T10:00"}
FILLED_IN = 60
"""So many forms, at least, do something when they are sent."""


@dataclass
class Form:
    """A form of a page: where it goes, and what stands in it."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    """Fields that somebody may type into, with the kind of input."""


class Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self.form: Form | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        action = given.get("hx-post", "") or (given.get("action") or self.page)
        if tag == "form" and (given.get("method", "").lower() == "post" or "hx-post" in given):
            self.form = Form(action.partition("#")[0])
            self.found.append(self.form)
        elif tag != "form" and "hx-post" in given:
            self.found.append(Form(given["hx-post"]))
        if self.form is None or (not name and tag != "option"):
            return
        kind = given.get("type", "text")
        if tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in given or (kind == "radio" and name not in self.form.values):
                self.form.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and kind not in ("file", "submit"):
            self.form.values[name] = [given.get("value", "")]
            if kind != "hidden":
                self.form.typed[name] = kind
        elif tag == "textarea":
            self.form.values[name], self.form.typed[name], self.textarea = [""], "text", name
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.form.values):
            self.form.values[self.select] = [given.get("value", "")]
        elif tag == "button" and name:
            self.form.values.setdefault(name, [given.get("value", "")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.textarea:
            self.form.values[self.textarea][0] += data


def addresses(scene: Scene, *, portal: bool) -> Iterator[str]:
    for name, line in LINES.items():
        if "GET" in line.methods and line.about not in PERSONAL and (line.who == "customer") == portal:
            yield reverse(name, args=OF[line.about](scene).own)
    for tab in () if portal else TABS:
        yield f"{reverse('ticket', args=[scene.own.ticket.number])}?tab={tab}"


def fillings(form: Form) -> Iterator[dict[str, list[str]]]:
    """As it stands; and with something typed where nothing stood, and other words where some did."""
    yield form.values
    typed = {name: WORDS.get(kind, "words") for name, kind in form.typed.items() if form.values.get(name) == [""]}
    yield {**form.values, **{name: [word] for name, word in typed.items()}}
    first = next((name for name, kind in form.typed.items() if kind == "text" and form.values[name] != [""]), None)
    if first:
        yield {**form.values, first: [form.values[first][0] + " changed"]}


def route_of(action: str) -> str:
    try:
        return str(resolve(action.partition("?")[0]).url_name)
    except Resolver404:
        return ""


def send(client: Client, action: str, body: dict[str, list[str]]) -> tuple[HttpResponseBase, Watch]:
    """The answer, and what it changed; what it did is undone."""
    cache.clear()
    with transaction.atomic():
        with watched() as watch:
            answer = client.post(action, body)
        transaction.set_rollback(True)
    return answer, watch


@pytest.mark.parametrize("portal", [False, True], ids=["desk", "portal"])
def test_every_form_that_changes_something_is_told(
    world: World, settings: LazySettings, portal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    client = Client(raise_request_exception=True)
    client.force_login(scene.carols if portal else world.ada)
    session: Any = client.session
    session[PROVED_AT] = 2**40
    session.save()
    silent: dict[str, set[str]] = {}
    told: set[str] = set()
    seen: set[str] = set()
    for address in addresses(scene, portal=portal):
        answer = client.get(address)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"] or answer.streaming:
            continue
        page = Forms(address)
        page.feed(answer.text)
        for form in page.found:
            route = route_of(form.action)
            key = f"{form.action} {sorted(form.values)}"
            if key in seen or not route or route in SKIPPED:
                continue
            seen.add(key)
            for body in fillings(form):
                sent, watch = send(client, form.action, body)
                assert sent.status_code != 500, f"{form.action} {body}"
                if sent.status_code < 400 and watch.untold:
                    silent[route] = watch.untold
                elif sent.status_code < 400 and watch.changed - set(SILENT):
                    told.add(route)
    for route, lost in silent.items():
        print(f"SILENT {route}: {', '.join(lost)}")
    print(f"{len(seen)} forms sent, {len(told)} routes changed something and told of it")
    assert [f"{route}: {', '.join(lost)}" for route, lost in silent.items()] == []
    assert len(told) >= (5 if portal else FILLED_IN)

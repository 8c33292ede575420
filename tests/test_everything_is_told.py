"""RELIABILITY P16: whatever somebody changes, an event tells of it.

Every form on every page of the desk and the portal is filled in and sent, as whoever sees it would, and every operation
of the API that changes something is asked. What a request wrote besides indexes, limits and what a browser remembers
must have come with an event.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from api_world import Caller, caller
from mainspring.accounts.entering import PROVED_AT
from mainspring.accounts.models import ApiSession, Person
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import bill, repair
from mainspring.estimates.models import Draft
from mainspring.events.models import Event
from mainspring.inventory.models import Product
from mainspring.knowledge.models import Article
from mainspring.tickets.models import Ticket
from mainspring.vault.models import VaultRules
from mainspring.work.models import Service
from scene import OF, Scene, build_scene
from telling import SILENT, Watch, watched
from test_api_permissions import BODIES as OPERATION_BODIES
from test_api_permissions import LINES as OPERATION_LINES
from test_api_permissions import OF_ONE, asked
from test_api_permissions import Line as OperationLine
from test_api_permissions import address as address_of
from test_permissions import LINES, PERSONAL
from world import PASSWORD, World

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


def sitting(person: Person) -> Client:
    """His browser; he has just shown again who he is."""
    client = Client(raise_request_exception=True)
    client.force_login(person)
    session: Any = client.session
    session[PROVED_AT] = 2**40
    session.save()
    return client


def pages_of(client: Client, scene: Scene, *, portal: bool) -> Iterator[tuple[str, str]]:
    """Every page that is his to see: its address and what stands there."""
    for address in addresses(scene, portal=portal):
        answer = client.get(address)
        if answer.status_code == 200 and "text/html" in answer.headers["Content-Type"] and not answer.streaming:
            yield address, answer.text


def forms_of(client: Client, scene: Scene, *, portal: bool) -> Iterator[tuple[str, Form]]:
    """Every form on every page, once, with the route that it goes to."""
    seen: set[str] = set()
    for address, text in pages_of(client, scene, portal=portal):
        page = Forms(address)
        page.feed(text)
        for form in page.found:
            route = route_of(form.action)
            key = f"{form.action} {sorted(form.values)}"
            if key not in seen and route and route not in SKIPPED:
                seen.add(key)
                yield route, form


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
    client = sitting(scene.carols if portal else world.ada)
    silent: dict[str, set[str]] = {}
    told: set[str] = set()
    count = 0
    for route, form in forms_of(client, scene, portal=portal):
        count += 1
        for body in fillings(form):
            sent, watch = send(client, form.action, body)
            assert sent.status_code != 500, f"{form.action} {body}"
            if sent.status_code < 400 and watch.untold:
                silent[route] = watch.untold
            elif sent.status_code < 400 and watch.changed - set(SILENT):
                told.add(route)
    for route, lost in silent.items():
        print(f"SILENT {route}: {', '.join(lost)}")
    print(f"{count} forms sent, {len(told)} routes changed something and told of it")
    assert [f"{route}: {', '.join(lost)}" for route, lost in silent.items()] == []
    assert len(told) >= (5 if portal else FILLED_IN)


ACTS = {
    "assign",
    "change_priority",
    "change_status",
    "change_webhook_secret",
    "close",
    "lead_by",
    "remove_logo",
    "resolve",
    "send_estimate",
    "stop_timer",
    "take_back_part",
}
"""Those that do something by being sent, and change a thing that is there."""
CHANGE = re.compile(r"changed|amended")


@pytest.mark.parametrize("portal", [False, True], ids=["desk", "portal"])
def test_a_form_that_is_sent_as_it_stands_changes_nothing(world: World, settings: LazySettings, portal: bool) -> None:
    """What a page shows of a thing is what it understands of it, also from a thousand on, and in another language."""
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    for model in (Service, Product):
        model.objects.update(price=Decimal("12345.5"))
    person = scene.carols if portal else world.ada
    person.language = "he"
    person.save()
    client = sitting(person)
    changed: dict[str, str] = {}
    count = 0
    for route, form in forms_of(client, scene, portal=portal):
        with transaction.atomic():
            last = Event.objects.latest("pk").pk
            answer = client.post(form.action, form.values)
            told = [
                one for one in Event.objects.filter(pk__gt=last) if one.data.get("changes") or CHANGE.search(one.kind)
            ]
            transaction.set_rollback(True)
        count += answer.status_code == 303 and not told
        if told and route not in ACTS:
            changed[route] = f"{told[0].kind} {told[0].data}"
    assert changed == {}
    assert count >= (5 if portal else 30)


def credit(scene: Scene) -> None:
    """He paid more on another invoice than he owed."""
    world = scene.world
    settle(bill(world, repair(world, "7"), world.carol), Decimal(50), method="cash", by=world.fay)


def its_ticket(scene: Scene) -> Ticket:
    """As the database has it: what an operation before did is undone."""
    return Ticket.objects.get(pk=scene.own.ticket.pk)


MADE_READY: dict[str, Callable[[Scene], object]] = {
    "pay_with_credit": credit,
    "take_up_estimate": lambda scene: Draft.objects.filter(ticket=scene.own.ticket).delete(),
    "my_rating": lambda scene: its_ticket(scene).resolve(by=scene.world.tess),
    "reveal_credential": lambda scene: VaultRules.get().amend(by=scene.world.max, asks_proof=False, asks_reason=False),
    "reopen": lambda scene: its_ticket(scene).close(by=scene.world.tess),
    "resume_repair": lambda scene: its_ticket(scene).decline_repair(by=scene.world.tess),
    "publish": lambda scene: Article.objects.get(pk=scene.article.pk).withdraw(by=scene.world.max),
    "put_back_file": lambda scene: its_ticket(scene).detach(scene.own.attachment, by=scene.world.tess),
    "let_colleague_see_no_more": lambda scene: scene.world.carl.let_see(scene.world.acme, by=scene.world.carol),
}
"""What must be so that an operation has something to do."""
QUIET = {
    "refresh_sign_in": "renews a sign-in; the sign-in is the event",
    "sign_out": "ends one's own sign-in, as on the desk; that of another is an event",
    "pay_invoices": "he is on his way to pay; the payment is the event",
    "write_estimate_draft": "what is being written; sending it is the event",
    "add_estimate_line": "what is being written; sending it is the event",
    "remove_estimate_line": "what is being written; sending it is the event",
    "take_up_estimate": "what is being written; sending it is the event",
}
"""Operations that change something and record nothing, and why."""
SIGNED_IN: dict[str, Callable[[Scene], dict[str, str]]] = {
    "sign_in": lambda scene: {"email": scene.world.max.email, "password": PASSWORD},
    "refresh_sign_in": lambda scene: {"refreshToken": ApiSession.objects.begin(scene.world.tess, scopes=["*"])[1]},
    "sign_out": lambda scene: {"refreshToken": ApiSession.objects.begin(scene.world.tess, scopes=["*"])[1]},
}


def test_every_operation_of_the_api_that_changes_something_is_told(world: World, settings: LazySettings) -> None:
    settings.TEST_PAYMENTS = True
    scene = build_scene(world)
    programs = {name: caller(getattr(world, name)) for name in ("ada", "tess", "carol")}
    for program in programs.values():
        program.get("/me")  # when a token was last used is noted once in a while, and is no change
        program.get("/my/me")
    lost, idle, spoke = list[str](), list[str](), set[str]()
    for name, line in OPERATIONS_TOLD.items():
        who = "carol" if line.who == "customer" else OF_ONE.get(name, ("ada",))[0]
        status, watch = asked_once(programs[who], line, scene)
        if status >= 300:
            idle.append(f"{name}: {status}")
        elif watch.untold:
            lost.append(f"{name}: {', '.join(sorted(watch.untold))}")
        elif "events_event" in watch.changed:
            spoke.add(name)
    assert idle == [], "operations that had nothing to do here"
    assert [one for one in lost if one.partition(":")[0] not in QUIET] == []
    assert set(OPERATIONS_TOLD) - spoke == set(QUIET), "who records nothing is named above, and no other"


OPERATIONS_TOLD = {name: line for name, line in OPERATION_LINES.items() if line.method != "GET"}


def asked_once(program: Caller, line: OperationLine, scene: Scene) -> tuple[int, Watch]:
    """The status, and what was changed; what it did is undone."""
    with transaction.atomic():
        MADE_READY.get(line.id, lambda _scene: None)(scene)
        body = (SIGNED_IN | OPERATION_BODIES).get(line.id, lambda _scene: None)(scene)
        with watched() as watch:
            answer = program.ask(line.method.lower(), address_of(line, asked(line, scene).own), body)
        transaction.set_rollback(True)
    return answer.status_code, watch

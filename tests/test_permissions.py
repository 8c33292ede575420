"""Nobody sees or does what he may not: every route, by every method, for every role, own, missing and foreign.

The routes come from the urlconf, what is expected from `permissions.txt`, a line a route.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from pytest_django import DjangoDbBlocker

from mainspring.accounts.roles import Permission
from scene import BODIES, MISSING, OF, Asked, Scene
from telling import TOLD_BY_GET, watched
from world import session_of

pytestmark = pytest.mark.matrix

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PEOPLE = ("ada", "max", "tess", "fay", "bill")
STRANGER = "stranger"
CUSTOMERS = ("carols", "sams")
"""Who is signed in to the portal: Carol, whose things are asked for, and Sam, to whom they are foreign."""
SAMS = (
    "portal-ticket",
    "portal-invoice",
    "portal-payment",
    "portal-token",
    "portal-business",
    "portal-colleague",
    "portal-data",
)
"""Where the foreign thing is Sam's own."""
KINDS = ("own", "missing", "foreign")
"""Whose thing is asked for. A door of the staff refuses a method before anything is looked up: once is enough there."""
OUTSIDE = ("anybody", "link", "signed", "alike", "house")
PERSONAL = {
    **dict.fromkeys(("note", "view", "bulk-change", "passkey", "sitting", "house-link"), ("tess",)),
    "address-link": ("ada",),
    "token": ("ada", "tess"),
}
"""What is there for some alone: a token is its holder's and the owner's."""
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
FORM_KEYS = re.compile(rb"[A-Za-z0-9]{64}")


@dataclass(frozen=True)
class Line:
    """What is expected of one route."""

    name: str
    methods: tuple[str, ...]
    who: str
    about: str

    def admits(self, person: str) -> bool:
        if self.who in OUTSIDE:
            return True
        elif self.who == "entered":
            return person != STRANGER
        elif self.who == "customer" or person in CUSTOMERS:
            return self.who == "customer" and person in CUSTOMERS
        return person != STRANGER and self.who[PEOPLE.index(person)] != "-"


def read_lines() -> dict[str, Line]:
    text = (Path(__file__).parent / "permissions.txt").read_text()
    rows = [row.split() for row in text.splitlines() if row and not row.startswith("#")]
    return {name: Line(name, tuple(methods.split(",")), who, about) for name, methods, who, about in rows}


def routes(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace == "api":
            continue  # The API's operations have a test of their own.
        elif isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


LINES = read_lines()
ROUTES = {str(route.name): route for route in routes(get_resolver().url_patterns)}


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert set(ROUTES) - set(LINES) == set(), "routes that nobody has said who may use"
    assert set(LINES) - set(ROUTES) == set(), "lines about routes that are gone"
    assert len(ROUTES) == len(list(routes(get_resolver().url_patterns))), "two routes of one name"


@pytest.mark.django_db
def test_every_address_leads_to_its_own_route(scene: Scene) -> None:
    """Routes stand under their words, not in the order in which modules bring them: none hides another."""
    found = {name: resolve(reverse(name, args=OF[line.about](scene).own)).url_name for name, line in LINES.items()}
    assert found == {name: name for name in LINES}


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.who == "customer"])
def test_a_view_of_the_portal_declares_that_it_is_for_customers(name: str) -> None:
    view: Any = ROUTES[name].callback
    assert view.for_customers and view.methods - {"HEAD"} == set(LINES[name].methods)


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.who not in (*OUTSIDE, "customer")])
def test_a_view_declares_what_its_line_says(name: str) -> None:
    """The permission on the view and the line are two hands that agree."""
    permission: Permission = ROUTES[name].callback.permission  # type: ignore[attr-defined]
    letters = {"O": "owner", "M": "manager", "T": "technician", "F": "front_desk", "B": "billing"}
    who = "".join(letters) if LINES[name].who == "entered" else LINES[name].who
    said = {letters[letter] for letter in who if letter != "-"}
    assert {role for role in letters.values() if permission.is_given_to(role)} == said
    assert ROUTES[name].callback.methods - {"HEAD"} == set(LINES[name].methods)  # type: ignore[attr-defined]


@pytest.fixture
def scene(standing_scene: Scene, settings: LazySettings) -> Scene:
    settings.PATTERNS = settings.TEST_PAYMENTS = True
    return standing_scene


@pytest.fixture(scope="module")
def sessions(standing_scene: Scene, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Everybody is signed in once: it takes longer than most questions."""
    people = {person: getattr(standing_scene.world, person) for person in PEOPLE}
    people |= {person: getattr(standing_scene, person) for person in CUSTOMERS}
    with django_db_blocker.unblock():
        return {name: session_of(person) for name, person in people.items()}


def clients(sessions: dict[str, str], *, strict: bool = False) -> dict[str, Client]:
    made = {person: Client(enforce_csrf_checks=strict) for person in (*sessions, STRANGER)}
    for person, session in sessions.items():
        made[person].cookies[settings.SESSION_COOKIE_NAME] = session
    return made


def ask(
    client: Client, method: str, name: str, args: tuple[Any, ...], scene: Scene, *, untold: set[str] | None = None
) -> HttpResponseBase:
    """The answer; what the request did is undone. The tables that it changed without an event go to `untold`."""
    body = BODIES[name](scene) if name in BODIES and method == "POST" else {}
    path = reverse(name, args=args)
    cache.clear()  # how often one may ask is another matter
    with transaction.atomic():
        sent: dict[str, Any] = {"data": body} if method in ("GET", "POST") else {}
        with watched() as watch:
            answer = getattr(client, method.lower())(path, **sent)
        transaction.set_rollback(True)
    if untold is not None and answer.status_code < 400:
        untold |= watch.untold
    return answer


def bare(answer: Any, args: tuple[Any, ...]) -> bytes:
    """The body without what differs by nature: form keys, the address that was asked for and what it names."""
    content = answer.content.replace(answer.wsgi_request.path.encode(), b"")
    for secret in (arg for arg in args if isinstance(arg, str) and len(arg) > 20):
        content = content.replace(secret.encode(), b"")
    return FORM_KEYS.sub(b"", content)


def expected(line: Line, person: str, method: str, kind: str) -> set[int]:
    """The statuses that are right. What is wrong in a form is 4xx, never a fault."""
    staff_only = line.who not in OUTSIDE
    if person == "sams" and kind == "foreign" and line.about in SAMS:
        person, kind = "carols", "own"
    if staff_only and person == STRANGER:
        return {302}
    elif (person in CUSTOMERS and not line.admits(person)) or (line.who == "customer" and not line.admits(person)):
        return {404}
    elif staff_only and not line.admits(person):
        return {403}
    elif line.who == "alike":
        return {200} if method in line.methods else {405}
    elif method not in line.methods:
        return {405} if kind == "own" or staff_only else {404, 405}
    elif line.who == "signed":
        return {400, 401, 503}
    elif line.who == "house":
        return {400} if kind == "own" else {404}  # an answer to no question of this browser
    elif line.about == "house":
        return {200} if kind == "own" else {404}  # the page that leads on to it
    elif kind != "own" or is_anothers(line, person):
        return {404}
    else:
        return {200, 302, 303, 304, 400, 409, 422}


def is_anothers(line: Line, person: str) -> bool:
    """Whether what is asked for belongs to somebody else: some things are Tess's alone, the portal's are Carol's."""
    return person not in PERSONAL.get(line.about, (person,)) or (
        line.who == "customer" and line.about != "-" and person == "sams"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LINES))
def test_only_who_may_gets_through(name: str, scene: Scene, sessions: dict[str, str]) -> None:
    line, wrong, asked = LINES[name], [], OF[LINES[name].about](scene)
    untold: set[str] = set()
    bodies: dict[tuple[str, str], set[bytes]] = {}
    for person, client in clients(sessions).items():
        for method in METHODS:
            for kind in KINDS if method in line.methods or line.who in OUTSIDE else KINDS[:1]:
                args = getattr(asked, kind)
                if args is None:
                    continue
                answer = ask(client, method, name, args, scene, untold=untold)
                if answer.status_code not in expected(line, person, method, kind):
                    wrong.append(f"{person} {method} {kind}: {answer.status_code}")
                elif line.who == "alike" or (kind != "own" and answer.status_code == 404):
                    bodies.setdefault((person, method), set()).add(bare(answer, args))
                if person == STRANGER and answer.status_code == 302 and line.who not in OUTSIDE:
                    door = "/portal/sign-in/" if line.who == "customer" else "/psa/sign-in/"
                    assert answer.headers["Location"].startswith(door)
    assert wrong == []
    assert untold == set(), "RELIABILITY P16: a change of which no event tells"
    told_apart = [key for key, seen in bodies.items() if len(seen) > 1]
    assert told_apart == [], "a foreign thing answers other than a missing one"


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if "GET" in line.methods])
def test_looking_changes_nothing(name: str, scene: Scene) -> None:
    """RELIABILITY 58: a GET writes nothing but the session's own row, how often somebody came, and that he looked."""
    own = {"django_session", "core_tries"} | ({"events_event"} if name in TOLD_BY_GET else set())
    client = Client()
    client.force_login(scene.carols if LINES[name].who == "customer" else scene.world.ada)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(name, args=OF[LINES[name].about](scene).own))
    written = [q["sql"] for q in queries if WRITES.match(q["sql"])]
    assert [sql for sql in written if not any(f'"{table}"' in sql for table in own)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if "POST" in line.methods])
def test_a_forged_post_is_refused(name: str, scene: Scene, sessions: dict[str, str]) -> None:
    """RELIABILITY 58: without the form's token nothing happens, whoever is signed in."""
    client = clients(sessions, strict=True)["carols" if LINES[name].who == "customer" else "ada"]
    refused = {400, 401, 503} if LINES[name].who == "signed" else {403}
    assert ask(client, "POST", name, OF[LINES[name].about](scene).own, scene).status_code in refused


@pytest.mark.django_db
def test_the_test_can_fail(scene: Scene, sessions: dict[str, str]) -> None:
    """The matrix notices a route that lets somebody through, or forgets to ask whose a thing is."""
    bill = clients(sessions)["bill"]
    assert ask(bill, "GET", "people", (), scene).status_code == 403
    assert 403 not in expected(LINES["people"], "ada", "GET", "own")
    assert expected(LINES["attachment"], "bill", "GET", "foreign") == {404}
    assert ask(bill, "GET", "attachment", (scene.own.ticket.number, MISSING), scene).status_code == 404
    assert isinstance(OF["attachment"](scene), Asked)

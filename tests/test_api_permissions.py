"""The API lets nobody see or do what he may not: every operation, for every role, customer, scope, own and foreign.

The operations come from the API itself, what is expected from `api_permissions.txt`, a line an operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from api_world import Caller, Operation, caller, operations
from mainspring.accounts.roles import Role
from mainspring.api.grants import SCOPES
from mainspring.billing.models import Standing
from scene import MISSING, OF, Asked, Scene, picture
from world import World

pytestmark = pytest.mark.matrix

PEOPLE = ("ada", "max", "tess", "fay", "bill")
ROLES = dict(zip("OMTFB", Role, strict=True))


@dataclass(frozen=True)
class Line:
    """What is expected of one operation."""

    id: str
    method: str
    path: str
    who: str
    scope: str
    about: str

    def admits(self, name: str) -> bool:
        if self.who == "customer":
            return name == "carol"
        return name in PEOPLE and self.who[PEOPLE.index(name)] != "-"


def read_lines() -> dict[str, Line]:
    text = (Path(__file__).parent / "api_permissions.txt").read_text()
    rows = [row.split() for row in text.splitlines() if row and not row.startswith("#")]
    return {row[0]: Line(*row) for row in rows}


LINES = read_lines()
OPERATIONS: dict[str, Operation] = {one.id: one for one in operations()}


def test_every_operation_has_a_line_and_every_line_an_operation() -> None:
    assert set(OPERATIONS) - set(LINES) == set(), "operations that nobody has said who may use"
    assert set(LINES) - set(OPERATIONS) == set(), "lines about operations that are gone"
    assert len(OPERATIONS) == len(list(operations())), "two operations of one name"


@pytest.mark.parametrize("name", sorted(LINES))
def test_an_operation_declares_what_its_line_says(name: str) -> None:
    """Rule and line are two hands that agree."""
    line, one = LINES[name], OPERATIONS[name]
    assert (line.method, line.path, line.scope) == (one.method, one.path, one.rule.scope)
    if line.who in ("anybody", "customer"):
        assert one.rule.is_open == (line.who == "anybody")
        assert one.rule.is_customers == (line.who == "customer")
    else:
        said = {ROLES[letter] for letter in line.who if letter != "-"}
        assert not one.rule.is_open and not one.rule.is_customers
        assert {role for role in Role if one.rule.may.is_given_to(role)} == said


HERE: dict[str, Callable[[Scene], Asked]] = {
    "his-ticket": lambda scene: Asked((scene.own.ticket.number,), (MISSING,), (scene.foreign.ticket.number,)),
    "his-file": lambda scene: Asked(
        (scene.own.ticket.number, scene.own.attachment.pk),
        (scene.own.ticket.number, MISSING),
        (scene.own.ticket.number, scene.foreign.attachment.pk),
    ),
    "an-estimate": lambda scene: Asked((scene.own.estimate.pk,), (MISSING,)),
    "his-estimate": lambda scene: Asked((scene.own.estimate.pk,), (MISSING,), (scene.foreign.estimate.pk,)),
    "his-colleague": lambda scene: Asked((scene.world.carl.pk,), (MISSING,), (scene.world.sam.pk,)),
    "his-article": lambda scene: Asked((scene.article.pk,), (MISSING,), (scene.internal_article.pk,)),
    "his-invoice": lambda scene: Asked((scene.own.invoice.code,), ("INV-999999",), (scene.foreign.invoice.code,)),
}


def asked(line: Line, scene: Scene) -> Asked:
    return (HERE | OF)[line.about](scene)


def address(line: Line, args: tuple[Any, ...]) -> str:
    path = line.path
    for value in args:
        before, _brace, rest = path.partition("{")
        path = f"{before}{value}{rest.partition('}')[2]}"
    return path


BODIES: dict[str, Callable[[Scene], Any]] = {
    "change_person": lambda _: {"name": "Ned Other"},
    "invite_person": lambda _: {"name": "Nina", "email": "nina@mainstreet.example", "role": "technician"},
    "add_contact": lambda _: {"name": "Dana", "email": "dana@acme.example"},
    "change_contact": lambda _: {"title": "Boss"},
    "merge_contact": lambda scene: {"intoId": scene.world.carl.pk},
    "add_business": lambda _: {"name": "New Ltd"},
    "change_business": lambda _: {"city": "Haifa"},
    "add_device": lambda scene: {"kindId": scene.world.printer.kind_id, "ownerId": scene.world.carol.pk},
    "change_device": lambda _: {"remarks": "dusty"},
    "add_product": lambda _: {"name": "Cable", "sku": "C-1", "price": "5.00"},
    "change_product": lambda _: {"shelf": "B2"},
    "receive_stock": lambda _: {"quantity": "2"},
    "count_stock": lambda _: {"found": "5", "reason": "counted"},
    "write_article": lambda scene: {"topicId": scene.topic.pk, "title": {"en": "Wi-Fi"}, "body": {"en": "Restart it."}},
    "change_article": lambda _: {"isPinned": True},
    "open_ticket": lambda scene: {"subject": "It is slow", "contactId": scene.world.carol.pk},
    "change_ticket": lambda _: {"priority": "high"},
    "change_status": lambda _: {"kind": "waiting_third_party"},
    "assign": lambda scene: {"personId": scene.world.tess.pk},
    "write_note": lambda _: {"text": "Hello"},
    "join_contact": lambda scene: {"contactId": scene.world.sam.pk},
    "attach": lambda _: {"file": SimpleUploadedFile("a.png", picture(), "image/png")},
    "add_labour": lambda scene: {"serviceId": scene.service.pk},
    "change_labour": lambda _: {"unitPrice": "20.00"},
    "use_a_part": lambda scene: {"productId": scene.product.pk},
    "change_part": lambda _: {"quantity": "2"},
    "run_timer": lambda scene: {"ticketNumber": scene.own.ticket.number, "serviceId": scene.service.pk},
    "add_to_catalogue": lambda _: {"name": {"en": "Cleaning"}, "price": "20.00"},
    "change_service": lambda _: {"price": "35.00"},
    "set_discount": lambda _: {"percent": "10"},
    "credit_part": lambda _: {"amount": "1.00", "reason": "kindness"},
    "take_payment": lambda _: {"amount": "1.00"},
    "refund_payment": lambda _: {"amount": "1.00"},
    "change_the_shop": lambda _: {"hours": "9 to 5"},
    "add_webhook": lambda _: {"url": "https://hooks.example.com/x", "kinds": ["ticket.opened"]},
    "change_webhook": lambda _: {"isOn": False},
    "my_reply": lambda _: {"text": "Yes"},
    "my_upload": lambda _: {"file": SimpleUploadedFile("a.png", picture(), "image/png")},
    "write_estimate_draft": lambda scene: {"validDays": 30, "lines": [{"serviceId": scene.service.pk}]},
    "add_estimate_line": lambda scene: {"productId": scene.product.pk},
    "approve_estimate": lambda _: {"name": "Carol Marin"},
    "decline_estimate": lambda _: {"reason": "too much"},
    "my_new_ticket": lambda _: {"subject": "It is slow"},
    "my_rating": lambda _: {"stars": 5},
    "change_my_profile": lambda _: {"wantsNews": True},
    "pay_invoices": lambda scene: {
        "codes": [scene.own.invoice.code],
        "way": "test",
        "total": f"{Standing.objects.get(invoice=scene.own.invoice).balance:f}",
    },
    "search": lambda _: None,
}
"""What an operation must be sent to do its work."""

NOTHING_TO_DO = {"pay_with_credit": {409}, "take_up_estimate": {409}, "my_rating": {409}}
"""Who has nothing to do there is told so: no credit to pay with, another estimate begun, a ticket that is not done."""
NOTHING_TO_DO |= {"credentials": {422}, "reveal_credential": {403}}
"""A place must be named; the vault wants a person, not a token."""
OF_ONE = {"revoke_token": ("ada", "tess"), "take_back_note": ("tess",)}
"""What is there for some alone: one's own token, the author's note."""


@pytest.fixture
def scene(standing_scene: Scene, settings: LazySettings) -> Scene:
    settings.TEST_PAYMENTS = True
    return standing_scene


def callers(world: World, *scopes: str) -> dict[str, Caller]:
    return {name: caller(getattr(world, name), *scopes) for name in (*PEOPLE, "carol")}


def ask(who: Caller, line: Line, args: tuple[Any, ...], scene: Scene) -> Any:
    """The answer; what the request did is undone."""
    path = address(line, args) + ("?q=printer" if line.id == "search" else "")
    with transaction.atomic():
        answer = who.ask(line.method.lower(), path, BODIES[line.id](scene) if line.id in BODIES else None)
        transaction.set_rollback(True)
    return answer


def right(line: Line, name: str, kind: str) -> set[int]:
    """The statuses that are right."""
    if not line.admits(name):
        return {403}
    elif kind != "own" or name not in OF_ONE.get(line.id, (name,)):
        return {404}
    else:
        return NOTHING_TO_DO.get(line.id, {200, 201, 204})


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.who != "anybody"])
def test_only_who_may_gets_through(name: str, scene: Scene) -> None:
    line, wrong = LINES[name], []
    things = asked(line, scene)
    for who, program in callers(scene.world).items():
        told: set[tuple[int, bytes]] = set()
        for kind in ("own", "missing", "foreign"):
            args = getattr(things, kind)
            if args is None:
                continue
            answer = ask(program, line, args, scene)
            if answer.status_code not in right(line, who, kind):
                wrong.append(f"{who} {kind}: {answer.status_code} {answer.content[:200]!r}")
            if kind != "own":
                told.add((answer.status_code, answer.content))
        assert len(told) <= 1, "a foreign thing answers other than a missing one"
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.who != "anybody"])
def test_no_operation_without_its_scope(name: str, scene: Scene) -> None:
    """A token of this scope alone gets through; one of all the others does not, nor a bad one, nor none."""
    line = LINES[name]
    own = asked(line, scene).own
    holder = scene.world.carol if line.who == "customer" else scene.world.ada
    others = [scope for scope in SCOPES if scope != line.scope]
    assert ask(caller(holder, line.scope), line, own, scene).status_code not in {401, 403} - NOTHING_TO_DO.get(
        name, set()
    )
    refused = ask(caller(holder, *others), line, own, scene)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:mainspring:problem:missing-scope"
    for bad in ("", "msp_0123456789ab_wrong-wrong-wrong", "a.b.c", "x" * 4000):
        assert ask(Caller(bad), line, own, scene).status_code == 401


@pytest.mark.django_db
def test_a_session_of_the_desk_opens_no_door_of_the_api(scene: Scene) -> None:
    program = Caller()
    program.client.force_login(scene.world.ada)
    assert program.get("/tickets").status_code == 401
    assert program.post("/tickets", {"subject": "x"}).status_code == 401


@pytest.mark.django_db
def test_the_test_can_fail(scene: Scene) -> None:
    """The matrix notices an operation that lets somebody through, or forgets to ask whose a thing is."""
    assert right(LINES["people"], "bill", "own") == {403}
    assert right(LINES["my_ticket"], "carol", "foreign") == {404}
    carol = caller(scene.world.carol)
    assert ask(carol, LINES["my_ticket"], (scene.own.ticket.number,), scene).status_code == 200
    assert ask(carol, LINES["my_ticket"], (scene.foreign.ticket.number,), scene).status_code == 404

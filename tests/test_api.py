"""How the API behaves, whatever it is asked about: problems, partial updates, pages, conditions, once, limits."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from api_world import Caller, caller, operations, problem, statements
from mainspring.api.models import Answered
from mainspring.api.shapes import Given, Shape
from mainspring.billing.models import Invoice
from mainspring.config.api import document
from mainspring.core import limits
from mainspring.core.limits import Limit
from mainspring.core.models import Tries
from mainspring.inventory.models import Movement, Product
from mainspring.tickets.models import Message, Ticket
from mainspring.work.models import Service
from world import World, build_world


@pytest.fixture
def ada(world: World) -> Caller:
    return caller(world.ada)


def open_tickets(world: World, many: int) -> list[Ticket]:
    return [
        Ticket.objects.open(f"Printer {n} is blank", by=world.fay, contact=world.carol, device=world.printer)
        for n in range(many)
    ]


@pytest.mark.django_db
def test_the_whole_job_by_the_api(world: World, ada: Caller) -> None:
    """Call, ticket, fee, work, parts, invoice, paid: the example of the brief, 70.00 to pay in the end."""
    no_tax = world.exempt
    fee = Service.add(
        by=world.ada, name="Diagnostic", price=Decimal(10), billing="flat", tax=no_tax, is_diagnostic=True
    )
    work = Service.add(by=world.ada, name="Repair", price=Decimal(30), billing="flat", tax=no_tax)
    fuser = ada.post("/products", {"name": "Fuser", "sku": "F-1", "price": "50.00", "taxId": no_tax.pk}).json()
    ada.post(f"/products/{fuser['id']}/receive", {"quantity": "3"})
    ticket = ada.post(
        "/tickets",
        {
            "subject": "Prints blank pages",
            "submitterName": "Dana Levi",
            "submitterEmail": "dana@new.example",
            "submittedCompanyName": "New Ltd",
            "diagnostic": fee.pk,
        },
    ).json()
    assert (ticket["submitterName"], ticket["submittedCompanyName"]) == ("Dana Levi", "New Ltd")
    path = f"/tickets/{ticket['number']}"
    first = ada.get(f"/invoices?ticket={ticket['number']}").json()["items"][0]
    assert (first["total"], first["currency"], first["purpose"]) == ("10.00", "USD", "diagnostic")
    assert ada.post(f"/invoices/{first['code']}/payments", {"amount": "10.00", "method": "phone"}).status_code == 201
    assert ada.post(f"{path}/services", {"serviceId": work.pk}).status_code == 201
    assert ada.post(f"{path}/parts", {"code": "F-1"}).json()["product"]["name"] == "Fuser"
    assert ada.get(f"{path}/bill").json()["total"] == "70.00"
    assert ada.post(f"{path}/resolve").json()["status"]["kind"] == "resolved"
    final = ada.get("/invoices?isPaid=false").json()["items"][0]
    assert final["total"] == final["balance"] == "70.00"
    ada.post(f"/invoices/{final['code']}/payments", {"amount": "70.00"})
    whole = ada.get(f"/invoices/{final['code']}").json()
    assert whole["balance"] == "0.00" and [line["kind"] for line in whole["lines"]].count("deduction") == 1
    assert ada.get(path).json()["status"]["kind"] == "closed"
    assert ada.get(f"/invoices/{final['code']}/pdf").content.startswith(b"%PDF")
    assert ada.get(f"/products/{fuser['id']}").json()["onHand"] == "2"


@pytest.mark.django_db
def test_errors_name_the_field_and_the_mend(world: World, ada: Caller) -> None:
    told = problem(ada.post("/tickets", {"subject": "", "nonsense": 1, "assigneeId": "x"}), 422)
    assert {error["field"] for error in told["errors"]} == {"subject", "nonsense", "assigneeId"}
    problem(ada.post("/tickets", "{not json"), 400)
    problem(ada.get("/tickets/999999"), 404)
    problem(ada.get(f"/tickets/{2**63}"), 422)
    problem(ada.get("/nothing"), 404)
    assert problem(ada.delete("/tickets"), 405) and ada.delete("/tickets").headers["Allow"]
    problem(Caller().get("/tickets"), 401)
    signed = {"Authorization": f"Bearer {ada.bearer}"}
    problem(ada.client.post("/api/v1/tickets", "subject=x", content_type="text/plain", headers=signed), 415)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a" * 201])
def test_text_that_no_database_keeps_is_refused(world: World, ada: Caller, text: str) -> None:
    sent = json.dumps({"subject": text, "contactId": world.carol.pk})
    problem(ada.post("/tickets", sent), 422)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "amount", [10, 10.5, "-1", "0", "0.00", "1e3", "NaN", "Infinity", "1.0001", "1" * 12, "", " 1", "１"]
)
def test_money_is_a_plain_text_above_nothing(world: World, ada: Caller, amount: Any) -> None:
    problem(ada.post("/invoices/INV-000001/payments", {"amount": amount}), 422)


@pytest.mark.django_db
def test_only_declared_fields_are_taken(world: World, ada: Caller) -> None:
    """RELIABILITY 44: no field that is not in the description has any effect, whatever our columns are called."""
    ticket = open_tickets(world, 1)[0]
    before = ada.get(f"/tickets/{ticket.number}").content
    for name in ("id", "number", "isOpen", "is_open", "invite_sequence", "closedAt", "lastLine", "contact_id", "role"):
        problem(ada.patch(f"/tickets/{ticket.number}", {name: 1}), 422)
    for name in ("is_active", "isActive", "password", "isStaff"):
        problem(ada.patch(f"/people/{world.tess.pk}", {name: True}), 422)
    assert ada.get(f"/tickets/{ticket.number}").content == before


@pytest.mark.django_db
def test_a_partial_update_changes_what_is_sent_and_null_empties(world: World, ada: Caller) -> None:
    ticket = open_tickets(world, 1)[0]
    ticket.move_due(timezone.now() + timedelta(days=1), by=world.ada)
    ticket.assign(world.tess, by=world.ada)
    path = f"/tickets/{ticket.number}"
    changed = ada.patch(path, {"priority": "urgent", "dueAt": None}).json()
    assert (changed["priority"], changed["dueAt"], changed["assignee"]["name"]) == ("urgent", None, "Tess Amir")
    problem(ada.patch(path, {"subject": None}), 422)
    assert ada.patch(path, {}).json()["subject"] == ticket.subject


@pytest.mark.django_db
def test_an_update_is_whole_or_nothing(world: World, ada: Caller) -> None:
    ticket = open_tickets(world, 1)[0]
    problem(ada.patch(f"/tickets/{ticket.number}", {"assigneeId": world.tess.pk, "statusId": 999999}), 422)
    assert ada.get(f"/tickets/{ticket.number}").json()["assignee"] is None


@pytest.mark.django_db
def test_internal_notes_are_written_and_read_by_the_words_of_the_brief(world: World, ada: Caller) -> None:
    ticket = open_tickets(world, 1)[0]
    path = f"/tickets/{ticket.number}/notes"
    assert ada.post(path, {"text": "He must not know", "isInternal": True}).json()["isInternal"] is True
    assert ada.post(path, {"text": "We are on it"}).json()["isInternal"] is False
    assert [note["isInternal"] for note in ada.get(path).json()["items"]] == [True, False]
    assert len(ada.get(f"{path}?isInternal=true").json()["items"]) == 1
    assert "must not know" not in caller(world.carol).get(f"/my/tickets/{ticket.number}/notes").text


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["number", "-number", "priority", "-priority", "dueAt", "-dueAt", "-updatedAt"])
def test_pages_hold_every_row_once_while_others_come_in(world: World, ada: Caller, sort: str) -> None:
    made = open_tickets(world, 13)
    for n, ticket in enumerate(made):
        ticket.priority = 1 + n % 3
        ticket.due_at = timezone.now() + timedelta(hours=n // 2) if n % 3 else None
        ticket.save()
    seen: list[int] = []
    cursor = ""
    while True:
        page = ada.get(f"/tickets?limit=4&sort={sort}&cursor={cursor}").json()
        seen += [one["number"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
        open_tickets(world, 1)
    assert len(seen) == len(set(seen)) and {ticket.number for ticket in made} <= set(seen)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor", ["x", "WyJpZCJd", "!!!", "bnVsbA", "WyItdXBkYXRlZEF0IiwieCIsMV0", "a" * 400, "eyJhIjoxfQ", "W10"]
)
def test_a_cursor_that_we_did_not_write_is_refused(world: World, ada: Caller, cursor: str) -> None:
    problem(ada.get(f"/tickets?cursor={cursor}"), 400)


@pytest.mark.django_db
def test_a_page_is_bounded(world: World, ada: Caller) -> None:
    for limit in ("0", "101", "-1", "1e99", "9" * 40):
        problem(ada.get(f"/tickets?limit={limit}"), 422)
    problem(ada.get("/tickets?sort=password"), 422)


@pytest.mark.django_db
def test_what_the_caller_has_is_not_sent_again(world: World, ada: Caller) -> None:
    ticket = open_tickets(world, 1)[0]
    for path in (f"/tickets/{ticket.number}", "/tickets", "/products"):
        tag = ada.get(path).headers["ETag"]
        again = ada.get(path, If_None_Match=tag)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    ticket.amend(by=world.ada, subject="Another")
    assert ada.get("/tickets", If_None_Match=tag).status_code == 200


@pytest.mark.django_db
def test_nobody_overwrites_what_he_has_not_read(world: World, ada: Caller) -> None:
    ticket = open_tickets(world, 1)[0]
    path = f"/tickets/{ticket.number}"
    tag = ada.get(path).headers["ETag"]
    assert caller(world.max).patch(path, {"priority": "high"}, If_Match=tag).status_code == 200
    problem(ada.patch(path, {"priority": "low"}, If_Match=tag), 412)
    assert ada.get(path).json()["priority"] == "high"
    for other in (f"/contacts/{world.carol.pk}", f"/businesses/{world.acme.pk}", f"/people/{world.tess.pk}", "/shop"):
        tag = ada.get(other).headers["ETag"]
        assert ada.patch(other, {"phone": "03-555-0101"}, If_Match=tag).status_code == 200
        problem(ada.patch(other, {"phone": "03-555-0102"}, If_Match=tag), 412)


@pytest.mark.django_db
def test_a_key_is_answered_once(world: World, ada: Caller) -> None:
    body = {"subject": "It is slow", "contactId": world.carol.pk}
    first = ada.post("/tickets", body, Idempotency_Key="order-118")
    second = ada.post("/tickets", body, Idempotency_Key="order-118")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1
    told = problem(ada.post("/tickets", {**body, "subject": "Other"}, Idempotency_Key="order-118"), 422)
    assert told["type"].endswith("idempotency-key-reused")
    assert caller(world.max).post("/tickets", body, Idempotency_Key="order-118").status_code == 201
    assert Ticket.objects.count() == 2, "another caller's key is his own"


@pytest.mark.django_db
def test_a_refusal_is_the_same_again_and_leaves_nothing(world: World, ada: Caller) -> None:
    product = Product.objects.add(by=world.ada, name="Fuser", sku="F-1", tax=world.vat)
    ticket = open_tickets(world, 1)[0]
    path = f"/tickets/{ticket.number}/parts"
    first = ada.post(path, {"productId": product.pk}, Idempotency_Key="k")
    problem(first, 409)
    product.receive(5, by=world.ada)
    again = ada.post(path, {"productId": product.pk}, Idempotency_Key="k")
    assert again.content == first.content and again.headers["Idempotency-Replayed"] == "true"
    assert Movement.objects.filter(kind="taken").count() == 0


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_at_once_does_it_once() -> None:
    world = build_world()
    bearer = caller(world.ada).bearer

    def ask(_n: int) -> tuple[int, bytes]:
        try:
            body = {"subject": "It is slow", "contactId": world.carol.pk}
            answer = Caller(bearer).post("/tickets", body, Idempotency_Key="same")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(16)))
    assert {status for status, _content in answers} <= {201, 503}
    assert len({content for status, content in answers if status == 201}) == 1
    assert Ticket.objects.count() == Answered.objects.count() == 1


DIES = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.test import Client
from mainspring.api.models import Answered
save = Answered.save
def die(self, *args, **kwargs):
    save(self, *args, **kwargs)
    if "update_fields" in kwargs:
        os.kill(os.getpid(), signal.SIGKILL)
Answered.save = die
Client().post("/api/v1/tickets", sys.argv[3], content_type="application/json", headers={
    "Authorization": f"Bearer {sys.argv[2]}", "Idempotency-Key": "crash"})
"""
"""A process that is killed with the answer written and nothing committed."""


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_answer_leaves_nothing_and_the_retry_does_it() -> None:
    world = build_world()
    program = caller(world.ada)
    body = {"subject": "It is slow", "contactId": world.carol.pk}
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mainspring.config.settings", "ALLOWED_HOSTS": "*"}
    asked = [sys.executable, "-c", DIES, name, program.bearer, json.dumps(body)]
    ended = subprocess.run(asked, env=environment, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    assert Ticket.objects.count() == Answered.objects.count() == 0
    assert program.post("/tickets", body, Idempotency_Key="crash").status_code == 201
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_limits_are_told_and_hold(world: World) -> None:
    program = caller(world.carol)
    first = program.get("/my/tickets")
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("120", "119")
    Tries.objects.update(count=120)
    limits.forget()
    told = program.get("/my/tickets")
    assert problem(told, 429) and int(told.headers["Retry-After"]) == int(told.headers["RateLimit-Reset"]) <= 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stride", [1, 7])
def test_a_limit_holds_across_processes(stride: int) -> None:
    """Each thread counts as a process of its own, with its own hand."""
    limit = Limit("test", 50, 3600, stride=stride)

    def process(_n: int) -> int:
        hands = limits.Hands()
        try:
            return sum(not hands.take(limit, "k").is_over for _ in range(30))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(process, range(6)))
    assert sum(got) <= 50 and (stride > 1 or sum(got) == 50)


LISTS = ["/tickets", "/contacts", "/products", "/invoices", "/payments", "/time-entries", "/devices", "/services"]


@pytest.mark.matrix
@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_as_many_statements_for_one_row_as_for_many(world: World, ada: Caller, path: str) -> None:
    service = Service.add(by=world.ada, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)

    def happen(n: int) -> None:
        ticket = open_tickets(world, 1)[0]
        ada.post(f"/tickets/{ticket.number}/services", {"serviceId": service.pk})
        ada.post("/products", {"name": f"P {n}", "sku": f"S-{n}"})
        ada.post("/services", {"name": {"en": f"S {n}"}, "price": "3"})
        ada.post("/devices", {"kindId": world.printer.kind_id, "ownerId": world.carol.pk})
        ticket.resolve(by=world.ada)
        invoice = Invoice.objects.get(ticket=ticket)
        ada.post(f"/invoices/{invoice.code}/payments", {"amount": "1.00"})

    happen(0)
    few = statements(ada, path)
    for n in range(1, 7):
        happen(n)
    assert statements(ada, path) == few <= 8


@pytest.mark.django_db
def test_no_answer_has_a_field_that_holds_a_secret() -> None:
    """RELIABILITY 46: only signing in, a webhook made or its secret, and a look answer one; nothing lists one."""
    may = {
        "SignedIn": {"accessToken", "tokenType", "refreshToken"},
        "HookWithSecretShape": {"secret"},
        "LookShape": {"secret"},
    }
    asked = {name for name in document()["components"]["schemas"] if name.endswith("Given")}
    found = {
        (name, field)
        for name, schema in document()["components"]["schemas"].items()
        if name not in asked
        for field in schema.get("properties", {})
        if any(
            word in field.lower() for word in ("secret", "hash", "token", "password", "digest", "passcode", "sealed")
        )
        and field not in may.get(name, set())
    }
    assert found == set()


@pytest.mark.django_db
def test_the_description_says_of_every_operation_what_it_needs(world: World) -> None:
    told = document()
    assert told["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert described == {(one.method, one.path) for one in operations()}
    for methods in told["paths"].values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
            assert operation["security"] == [] or operation["x-scope"]
    assert Caller().client.get("/api/v1/openapi.json").json() == json.loads(json.dumps(told))


@pytest.mark.django_db
def test_a_customer_sees_his_tickets_and_what_is_his_to_read(world: World) -> None:
    mine = Ticket.objects.open("Mine", by=world.fay, contact=world.carol)
    seat = Ticket.objects.open("A seat", by=world.fay, contact=world.carl)
    seat.join(world.carol, by=world.fay)
    Ticket.objects.open("Not mine", by=world.fay, contact=world.sam)
    mine.write("Hello Carol", by=world.tess)
    mine.write_internally("secret thing", by=world.tess)
    mine.stranger_wrote("spam", name="Mallory")
    carol = caller(world.carol)
    assert [one["subject"] for one in carol.get("/my/tickets").json()["items"]] == ["A seat", "Mine"]
    said = carol.get(f"/my/tickets/{mine.number}/notes").json()["items"]
    assert [note["text"] for note in said] == ["Hello Carol"]
    reply = carol.post(f"/my/tickets/{mine.number}/notes", {"text": "Thank you"})
    assert reply.status_code == 201 and reply.json()["direction"] == "in"
    assert Message.objects.get(text="Thank you").contact == world.carol
    assert Ticket.objects.get(pk=mine.pk).status.kind == "customer_replied"


def test_no_two_shapes_share_a_name() -> None:
    """The description would keep one of them only."""

    def under(shape: type[Any]) -> list[type[Any]]:
        return [one for child in shape.__subclasses__() for one in (child, *under(child))]

    ours = [one for base in (Shape, Given) for one in under(base) if "[" not in one.__name__]
    names = [one.__name__ for one in ours]
    assert sorted({name for name in names if names.count(name) > 1}) == []

"""Estimates by the API: written and sent by the staff's program, chosen and signed by the customer's."""

from decimal import Decimal
from typing import Any

import pytest

from api_world import Caller, caller, problem, statements
from mainspring.estimates.models import Answer, Draft, Estimate
from mainspring.estimates.tests.offers import as_address, drawing, sent
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service
from world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tess(world: World) -> Caller:
    return caller(world.tess)


@pytest.fixture
def carol(world: World) -> Caller:
    return caller(world.carol)


def ticket_of(world: World) -> Ticket:
    return Ticket.objects.open("No picture", by=world.fay, contact=world.carol)


def test_from_the_draft_to_the_signature(world: World, tess: Caller, carol: Caller) -> None:
    ticket = ticket_of(world)
    service = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.exempt)
    fuser = Product.objects.add(by=world.max, name="Fuser", sku="F-1", price=Decimal(50), tax=world.exempt)
    draft = f"/tickets/{ticket.number}/estimate-draft"
    empty = tess.get(draft)
    assert (empty.json()["lines"], empty.json()["validDays"]) == ([], 14)
    lines = [
        {"serviceId": service.pk},
        {"productId": fuser.pk, "choice": "one", "group": "Fuser"},
        {"description": "A used one", "unitPrice": "20", "taxId": world.exempt.pk, "choice": "one", "group": "Fuser"},
    ]
    body = {"text": "As we said", "validDays": 30, "depositPercent": "50", "lines": lines}
    written = tess.patch(draft, body, If_Match=empty.headers["ETag"])
    assert written.status_code == 200, written.content
    assert [line["unitPrice"] for line in written.json()["lines"]] == ["30", "50", "20"]
    problem(tess.patch(draft, {"text": "unseen"}, If_Match=empty.headers["ETag"]), 412)
    extra = tess.post(f"{draft}/lines", {"description": "Stamp", "unitPrice": "1", "taxId": world.exempt.pk}).json()
    assert tess.delete(f"{draft}/lines/{extra['id']}").status_code == 204
    answer = tess.post(f"{draft}/send", Idempotency_Key="one")
    again = tess.post(f"{draft}/send", Idempotency_Key="one")
    assert answer.status_code == 201 and again.content == answer.content and Estimate.objects.count() == 1
    whole = answer.json()
    assert (whole["total"], whole["state"], whole["ticketNumber"]) == ("80.00", "sent", ticket.number)
    assert tess.get(f"/estimates?ticket={ticket.number}&state=sent").json()["items"][0]["code"] == whole["code"]

    his = f"/my/estimates/{whole['id']}"
    assert [one["id"] for one in carol.get("/my/estimates?state=sent").json()["items"]] == [whole["id"]]
    first, _dear, used = (line["id"] for line in carol.get(his).json()["lines"])
    summed = carol.get(f"{his}/sum?chosen={used}").json()
    assert (summed["chosen"], summed["total"], summed["deposit"]) == ([first, used], "50.00", "25.00")
    signed = carol.post(f"{his}/approve", {"chosen": [used], "name": " Carol  Marin "}, User_Agent="Till 3")
    assert signed.status_code == 200, signed.content
    told = signed.json()
    assert (told["state"], told["total"], told["answer"]["name"]) == ("approved", "50.00", "Carol Marin")
    evidence = Answer.objects.get()
    assert (evidence.address, evidence.user_agent, evidence.total) == ("127.0.0.1", "Till 3", Decimal(50))
    assert evidence.sha256 == Answer.hash_of(evidence.text) and "Carol Marin" in evidence.text
    assert evidence.deposit is not None and told["answer"]["depositInvoice"] == evidence.deposit.code
    problem(carol.post(f"{his}/approve", {"name": "Carol"}), 409)
    problem(carol.post(f"{his}/decline", {}), 409)
    for program, path in ((tess, f"/estimates/{whole['id']}/pdf"), (carol, f"{his}/pdf")):
        assert program.get(path).content.startswith(b"%PDF")
    shown = tess.get(f"/estimates/{whole['id']}").json()["answer"]
    assert (shown["address"], shown["userAgent"], shown["isDrawn"]) == ("127.0.0.1", "Till 3", False)


def test_it_is_declined_withdrawn_and_written_anew(world: World, tess: Caller, carol: Caller) -> None:
    declined, other = sent(world), sent(world)
    answer = carol.post(f"/my/estimates/{declined.pk}/decline", {"reason": "Too much"})
    assert (answer.json()["state"], answer.json()["answer"]["reason"]) == ("declined", "Too much")
    assert Ticket.objects.get(pk=declined.ticket_id).declined_at is not None
    assert tess.post(f"/estimates/{other.pk}/withdraw").json()["state"] == "withdrawn"
    problem(carol.post(f"/my/estimates/{other.pk}/approve", {"name": "Carol"}), 409)
    taken = tess.post(f"/estimates/{other.pk}/take-up").json()
    assert len(taken["lines"]) == 4 and Draft.objects.filter(ticket=other.ticket).exists()
    problem(tess.post(f"/estimates/{other.pk}/take-up"), 409)
    problem(tess.post(f"/tickets/{ticket_of(world).number}/estimate-draft/send"), 409)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({}, "lines.0.description"),
        ({"serviceId": 999}, "lines.0.serviceId"),
        ({"description": "Text", "unitPrice": "3"}, "lines.0.description"),
        ({"description": "Text", "unitPrice": "3", "taxId": 1, "choice": "one"}, "lines.0.group"),
        ({"description": "Text", "quantity": "0"}, "lines.0.quantity"),
    ],
)
def test_a_line_about_nothing_is_refused_and_nothing_is_kept(
    world: World, tess: Caller, line: dict[str, Any], field: str
) -> None:
    line |= {"taxId": world.vat.pk} if "taxId" in line else {}
    told = problem(tess.patch(f"/tickets/{ticket_of(world).number}/estimate-draft", {"lines": [line]}), 422)
    assert [one["field"] for one in told["errors"]] == [field]
    assert not Draft.objects.exists()


def test_a_deposit_is_per_cent_or_an_amount(world: World, tess: Caller) -> None:
    draft = f"/tickets/{ticket_of(world).number}/estimate-draft"
    assert tess.patch(draft, {"depositPercent": "20"}).status_code == 200
    problem(tess.patch(draft, {"depositAmount": "5"}), 422)
    assert tess.patch(draft, {"depositAmount": "5", "depositPercent": "0"}).json()["depositAmount"] == "5.00"


def test_only_what_was_offered_can_be_chosen(world: World, carol: Caller) -> None:
    estimate, other = sent(world), sent(world)
    his, lines = f"/my/estimates/{estimate.pk}", list(estimate.lines.all())
    foreign = other.lines.all()[0].pk
    for chosen in ([lines[2].pk, lines[3].pk], [foreign]):
        told = problem(carol.post(f"{his}/approve", {"name": "Carol", "chosen": chosen}), 422)
        assert told["errors"][0]["field"] == "chosen"
        assert carol.get(f"{his}/sum?chosen={'&chosen='.join(map(str, chosen))}").status_code == 422
    assert problem(carol.post(f"{his}/approve", {"name": " "}), 422)["errors"][0]["field"] == "name"
    assert problem(carol.post(f"{his}/approve", {"name": "C", "drawing": "no"}), 422)["errors"][0]["field"] == "drawing"
    assert not Answer.objects.exists()
    drawn = carol.post(f"{his}/approve", {"name": "Carol", "drawing": as_address(drawing())})
    assert drawn.status_code == 200 and Answer.objects.get().signature


def test_a_sum_that_no_invoice_bears_is_not_sent(world: World, tess: Caller) -> None:
    draft = f"/tickets/{ticket_of(world).number}/estimate-draft"
    line = {"description": "All", "quantity": "999999", "unitPrice": "9999999999", "taxId": world.vat.pk}
    assert tess.post(f"{draft}/lines", line).status_code == 201
    problem(tess.post(f"{draft}/send"), 409)
    assert not Estimate.objects.exists()


def test_a_customer_has_no_field_of_the_evidence_and_no_draft(world: World, tess: Caller, carol: Caller) -> None:
    estimate = sent(world)
    tess.patch(f"/tickets/{estimate.ticket.number}/estimate-draft", {"text": "canary-draft"})
    carol.post(f"/my/estimates/{estimate.pk}/decline", {}, User_Agent="canary-agent")
    for path in ("/my/estimates", f"/my/estimates/{estimate.pk}", f"/my/estimates/{estimate.pk}/sum"):
        told = carol.get(path).content.decode()
        assert "canary" not in told and "127.0.0.1" not in told and estimate.code in told + estimate.code
    sam = caller(world.sam)
    for path in (f"/my/estimates/{estimate.pk}", f"/my/estimates/{estimate.pk}/pdf"):
        assert problem(sam.get(path), 404) == problem(sam.get(path.replace(str(estimate.pk), "999999")), 404)
    assert sam.get("/my/estimates").json()["items"] == []


@pytest.mark.parametrize("path", ["/estimates", "/my/estimates"])
def test_a_list_takes_as_many_statements_for_one_row_as_for_many(
    world: World, tess: Caller, carol: Caller, path: str
) -> None:
    program = carol if "my" in path else tess

    carol.post(f"/my/estimates/{sent(world).pk}/approve", {"name": "Carol"})
    few = statements(program, path)
    for _round in range(4):
        carol.post(f"/my/estimates/{sent(world, deposit_percent=Decimal(20)).pk}/approve", {"name": "Carol"})
        sent(world)
    assert statements(program, path) == few <= 8

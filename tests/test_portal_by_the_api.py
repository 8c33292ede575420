"""What the portal lets a customer do, his program may do: each of its routes has its operation, or a reason."""

from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from api_world import Caller, caller, problem, statements
from mainspring.billing.gateways.base import GatewayDown, SaysPaid
from mainspring.billing.gateways.testing import TestGateway
from mainspring.billing.hearing import hear
from mainspring.billing.models import Attempt, Invoice, Share
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import bill, repair
from mainspring.crm.models import Account, Contact, Device, Joining, Sight
from mainspring.events.models import Event
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Ticket
from test_api_permissions import OPERATIONS
from test_permissions import LINES
from world import World

OPERATIONS_OF: dict[str, tuple[str, ...]] = {
    "portal": ("my_tickets",),
    "portal_new_ticket": ("my_new_ticket",),
    "portal_ticket": ("my_ticket", "my_notes", "my_files"),
    "portal_news": ("my_ticket", "my_notes"),
    "portal_reply": ("my_reply",),
    "portal_upload": ("my_upload",),
    "portal_file": ("my_download",),
    "portal_thumbnail": ("my_download",),
    "portal_rate": ("my_rating",),
    "portal_profile": ("my_profile", "change_my_profile"),
    "portal_devices": ("my_devices",),
    "portal_colleagues": ("my_colleagues",),
    "portal_set_sights": ("let_colleague_see", "let_colleague_see_no_more"),
    "portal_invite": ("invite_colleague",),
    "portal_invoices": ("my_invoices", "my_invoice"),
    "portal_invoice_pdf": ("my_invoice_pdf",),
    "portal_pay": ("my_payment_ways", "pay_invoices"),
    "portal_payment": ("my_payment",),
    "portal_statement": ("my_statement",),
    "portal_statement_pdf": ("my_statement_pdf",),
    "portal_estimates": ("my_estimates", "my_estimate", "my_choice"),
    "public_estimate": ("approve_estimate", "decline_estimate"),
    "estimate_paper": ("my_estimate_pdf",),
}
HIS_ALONE = {
    "portal_tokens": "no token makes another one (decision 27); he proves himself on the page",
    "portal_revoke_token": "stands beside the making of tokens",
    "portal_data": "all his data in one file is asked for by himself, signed in",
    "portal_file_of_data": "all his data in one file is handed to himself, signed in",
}
"""What a person does himself, and why no program does it for him."""
WITHOUT_A_DOOR = {
    "my_me": "whose token it is",
    "my_articles": "the help stands on the public site, for everybody",
    "my_article": "the help stands on the public site, for everybody",
}
"""What programs may ask that is no page of the portal, and why."""


def test_every_door_of_the_portal_has_its_operation_or_a_reason() -> None:
    doors = {name for name, line in LINES.items() if line.who == "customer"}
    assert doors - set(OPERATIONS_OF) - set(HIS_ALONE) == set(), "nobody has said how a program does this"
    assert (set(OPERATIONS_OF) | set(HIS_ALONE)) - set(LINES) == set(), "doors that are gone"
    named = {operation for operations in OPERATIONS_OF.values() for operation in operations}
    assert {name for name, one in OPERATIONS.items() if one.rule.is_customers} - set(WITHOUT_A_DOOR) == named


@pytest.fixture
def carol(world: World) -> Caller:
    return caller(world.carol)


@pytest.fixture
def invoices(world: World, settings: LazySettings) -> list[Invoice]:
    settings.TEST_PAYMENTS = True
    return [bill(world, repair(world, price), world.carol) for price in ("30", "12.34", "0.01")]


@pytest.mark.django_db
def test_several_invoices_are_paid_at_the_address_that_is_answered(carol: Caller, invoices: list[Invoice]) -> None:
    body = {"codes": [one.code for one in invoices], "way": "test", "total": "42.35"}
    assert carol.get("/my/payment-ways").json()["items"] == [{"name": "test", "label": "Test payment"}]
    paying = carol.post("/my/payments", body)
    assert paying.status_code == 201, paying.content
    told = paying.json()
    assert [share["amount"] for share in told["shares"]] == ["30.00", "12.34", "0.01"]
    assert carol.post("/my/payments", body).json()["key"] == told["key"], "one checkout, which can be paid once"
    page = told["address"].removeprefix("http://localhost:8000")
    assert carol.client.get(page).status_code == 200
    assert carol.get(f"/my/payments/{told['key']}").json()["state"] == "started"
    attempt = Attempt.objects.get()
    hear("test", SaysPaid(attempt.key, "paid-1", attempt.amount, attempt.currency))
    assert carol.get(f"/my/payments/{told['key']}").json()["state"] == "paid"
    assert [one["balance"] for one in carol.get("/my/invoices").json()["items"]] == ["0.00"] * 3
    assert problem(carol.post("/my/payments", body), 409)["type"].endswith("nothing-to-pay")


@pytest.mark.django_db
def test_he_pays_what_he_was_shown_his_own_and_nothing_else(
    world: World, carol: Caller, invoices: list[Invoice]
) -> None:
    foreign = bill(world, repair(world, "7"), world.sam)
    body = {"codes": [invoices[0].code], "way": "test", "total": "30.00"}
    settle(invoices[0], Decimal(5), method="cash", by=world.fay)
    changed = problem(carol.post("/my/payments", body), 409)
    assert changed["type"].endswith("sum-changed") and "25.00" in changed["detail"]
    other = problem(carol.post("/my/payments", {**body, "codes": [foreign.code], "total": "7.00"}), 409)
    assert other == problem(carol.post("/my/payments", {**body, "codes": ["INV-999999"], "total": "7.00"}), 409)
    assert problem(carol.post("/my/payments", {**body, "way": "gold"}), 422)["errors"][0]["field"] == "way"
    assert not Share.objects.exists()
    sam = caller(world.sam)
    paying = carol.post("/my/payments", {**body, "total": "25.00"}).json()
    assert problem(sam.get(f"/my/payments/{paying['key']}"), 404) == problem(sam.get("/my/payments/none"), 404)


@pytest.mark.django_db(transaction=True)
def test_the_key_is_in_the_database_before_the_provider_is_called(
    world: World, carol: Caller, invoices: list[Invoice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that breaks leaves the attempt, so that the next try has the same key and can't charge twice."""
    seen: list[tuple[str, bool]] = []

    def breaks(self: TestGateway, attempt: Attempt, *, return_url: str) -> None:
        seen.append((attempt.key, connection.in_atomic_block))
        raise GatewayDown("broken")

    monkeypatch.setattr(TestGateway, "start", breaks)
    body = {"codes": [invoices[0].code], "way": "test", "total": "30.00"}
    for _try in range(2):
        answer = carol.post("/my/payments", body, Idempotency_Key="mine")
        assert problem(answer, 503)["detail"] and answer.headers["Retry-After"]
    assert seen == [(Attempt.objects.get().key, False)] * 2


@pytest.mark.django_db
def test_the_statement_reads_as_in_the_portal(world: World, carol: Caller, invoices: list[Invoice]) -> None:
    settle(invoices[0], Decimal(30), method="cash", by=world.fay)
    told = carol.get("/my/statement").json()
    assert (told["opening"], told["charged"], told["paid"], told["closing"]) == ("0.00", "42.35", "30.00", "12.35")
    assert [line["code"] for line in told["lines"]] == [
        *(one.code for one in invoices),
        invoices[0].code,
    ]
    assert carol.get("/my/statement/pdf").content.startswith(b"%PDF")
    assert carol.get("/my/statement?from=2001-01-01&to=2001-12-31").json()["lines"] == []
    assert problem(carol.get("/my/statement?from=2026-01-01&to=1999-01-01"), 422)["errors"][0]["field"] == "to"
    assert problem(carol.get(f"/my/statement?business={world.rival.pk}"), 422)


@pytest.mark.django_db
def test_his_profile_is_changed_and_told(world: World, carol: Caller) -> None:
    before = carol.get("/my/profile")
    body = {"phone": "050-555-0100", "language": "he", "wantsUpdates": False, "wantsNews": True}
    after = carol.patch("/my/profile", body, If_Match=before.headers["ETag"])
    assert {name: after.json()[name] for name in body} == body
    contact = Contact.objects.get(pk=world.carol.pk)
    assert (contact.language, contact.wants_updates, contact.wants_news) == ("he", False, True)
    assert Account.objects.get(contact=contact).person.language == "he"
    assert Event.objects.filter(kind="contact.changed", actor=contact.actor_key).exists()
    problem(carol.patch("/my/profile", {"city": "Haifa"}, If_Match=before.headers["ETag"]), 412)
    problem(carol.patch("/my/profile", {"email": "other@acme.example"}), 422)


@pytest.mark.django_db
def test_a_ticket_is_opened_answered_and_rated(world: World, carol: Caller) -> None:
    foreign = Device.add(by=world.fay, kind=world.printer.kind, owner=world.sam, business=None, model="His")
    assert [one["id"] for one in carol.get("/my/devices").json()["items"]] == [world.printer.pk]
    body = {"subject": "Blank pages", "description": "Since today"}
    problem(carol.post("/my/tickets", {**body, "deviceId": foreign.pk}), 422)
    opened = carol.post("/my/tickets", {**body, "deviceId": world.printer.pk})
    assert opened.status_code == 201, opened.content
    ticket = Ticket.objects.get(number=opened.json()["number"])
    assert (ticket.contact, ticket.device, ticket.channel) == (world.carol, world.printer, "api")
    problem(carol.post(f"/my/tickets/{ticket.number}/rating", {"stars": 5}), 409)
    ticket.resolve(by=world.tess)
    assert carol.post(f"/my/tickets/{ticket.number}/rating", {"stars": 4, "comment": "Fast"}).json()["stars"] == 4
    assert Rating.objects.get().contact == world.carol


@pytest.mark.django_db
def test_a_file_of_his_is_taken_as_on_his_page(world: World, carol: Caller) -> None:
    ticket = Ticket.objects.open("Mine", by=world.fay, contact=world.carol)
    program = SimpleUploadedFile("run.exe", b"MZ" + bytes(200), "application/x-msdownload")
    problem(carol.post(f"/my/tickets/{ticket.number}/files", {"file": program}), 422)
    text = SimpleUploadedFile("a.txt", b"hello", "text/plain")
    assert carol.post(f"/my/tickets/{ticket.number}/files", {"file": text}).status_code == 201
    assert Ticket.objects.get().status.kind == "customer_replied"
    assert Event.objects.get(kind="ticket.file_sent").actor == world.carol.actor_key


@pytest.mark.django_db
def test_who_decides_lets_his_colleagues_see_and_invites_them(world: World, carol: Caller) -> None:
    assert carol.get("/my/colleagues").json()["items"] == []
    problem(carol.post(f"/my/colleagues/{world.carl.pk}/let-see"), 404)
    world.carol.let_decide(world.acme, by=world.max)
    told = {one["name"]: one for one in carol.get("/my/colleagues").json()["items"]}
    assert (told[world.carol.name]["decides"], told[world.carl.name]["seesAll"]) == (True, False)
    assert carol.post(f"/my/colleagues/{world.carl.pk}/let-see").json()["seesAll"]
    assert Sight.objects.filter(contact=world.carl, business=world.acme).exists()
    assert not carol.post(f"/my/colleagues/{world.carl.pk}/let-see-no-more").json()["seesAll"]
    problem(carol.post(f"/my/colleagues/{world.carol.pk}/let-see-no-more"), 409)
    problem(carol.post(f"/my/colleagues/{world.carol.pk}/invite"), 409)
    assert carol.post(f"/my/colleagues/{world.carl.pk}/invite").status_code == 204
    assert Joining.objects.get().contact == world.carl
    assert problem(carol.post(f"/my/colleagues/{world.sam.pk}/invite"), 404) == problem(
        carol.post("/my/colleagues/999999/invite"), 404
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/my/devices", "/my/colleagues"])
def test_a_list_takes_as_many_statements_for_one_row_as_for_many(world: World, carol: Caller, path: str) -> None:
    world.carol.let_decide(world.acme, by=world.max)

    few = statements(carol, path)
    for n in range(5):
        Device.add(by=world.fay, kind=world.printer.kind, owner=world.carol, business=world.acme, model=f"M {n}")
        Contact.add(by=world.fay, name=f"Person {n}", business=world.acme)
    assert statements(carol, path) == few <= 8

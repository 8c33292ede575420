"""Calls of mail providers."""

import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mainspring.events.models import Event
from mainspring.inbox.models import HookCall, ReceivedMail
from mainspring.inbox.tests.test_filing import run_everything
from mainspring.outbox.models import OutgoingMail
from mainspring.outbox.seals import Seal, reply_address
from mainspring.tickets.models import Ticket
from world import World

INBOUND, TRACKING = "/hooks/mail/postmark/inbound", "/hooks/mail/postmark/tracking"


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "postmark:let-me-in"}


def call(path: str, told: Any, *, secret: str = "postmark:let-me-in") -> Any:
    """A provider's call, as Postmark makes it."""
    signed = {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", headers=signed)


def inbound(subject: str = "Printer", headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """The document's own shape of Postmark's inbound call."""
    return {
        "FromFull": {"Email": "carol@acme.example", "Name": "Carol Mizrahi"},
        "From": "carol@acme.example",
        "To": "desk@mainstreet.example",
        "ToFull": [{"Email": "desk@mainstreet.example", "Name": ""}],
        "OriginalRecipient": "desk@mainstreet.example",
        "Subject": subject,
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "TextBody": "It prints blank pages.",
        "HtmlBody": "",
        "Headers": [{"Name": name, "Value": value} for name, value in (headers or {}).items()],
        "Attachments": [],
        **more,
    }


def filed() -> ReceivedMail:
    run_everything()
    return ReceivedMail.objects.latest("id")


def test_a_providers_mail_becomes_a_ticket(world: World) -> None:
    paper = {"Name": "a.pdf", "Content": b64encode(b"%PDF-1.7").decode(), "ContentType": "application/pdf"}
    assert call(INBOUND, inbound(Attachments=[paper])).status_code == 200
    received = filed()
    assert (received.source, received.state) == ("webhook", "filed")
    ticket = Ticket.objects.get()
    assert (ticket.contact, ticket.subject) == (world.carol, "Printer")
    assert ticket.messages.get().attachments.get().name == "a.pdf"


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "postmark:", ":let-me-in", "postmark:let-me-in "])
def test_an_unsigned_call_learns_nothing_and_changes_nothing(world: World, secret: str) -> None:
    """Case 13: unsigned 401, with a body that is the same whatever was wrong."""
    answers = [
        call(INBOUND, inbound(), secret=secret),
        call(TRACKING, {}, secret=secret),
        call("/hooks/mail/nobody/inbound", b"\xff", secret=secret),
        call(INBOUND, b"{", secret=secret),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b"Not accepted.")}
    assert not ReceivedMail.objects.exists()


def test_a_replayed_call_is_refused(world: World) -> None:
    """Case 13: the same call twice is taken once."""
    assert [call(INBOUND, inbound()).status_code for _turn in range(3)] == [200, 401, 401]
    assert (ReceivedMail.objects.count(), HookCall.objects.count()) == (1, 1)


def test_without_a_secret_no_provider_is_heard(world: World, settings: Any) -> None:
    settings.ANYMAIL = {}
    assert call(INBOUND, inbound()).status_code == 401
    assert not ReceivedMail.objects.exists()


@pytest.mark.matrix
def test_five_hundred_header_values_change_only_what_is_said(world: World) -> None:
    """Case 13: nothing that the sender puts into headers reaches a column of the ticket or breaks the call."""
    pieces = [
        "",
        "x" * 5000,
        "\r\nBcc: a@b.example",
        "\x00",
        "=?utf-8?b?//8?=",
        "שלום",
        "<script>",
        "../../etc",
        "{{7*7}}",
        "1;--",
    ]
    names = ["X-Mainspring-Priority", "X-Zammad-Owner", "X-RT-Queue", "Importance", "X-Custom"]
    told = [inbound("Same", dict.fromkeys(names, f"{piece}{turn}")) for turn in range(10) for piece in pieces]
    assert len(told) * len(names) == 500
    assert {call(INBOUND, one).status_code for one in told} == {200}
    run_everything()
    tickets = Ticket.objects.values_list("priority", "assignee", "status", "subject", "channel", "contact")
    assert set(tickets) == {(2, None, tickets[0][2], "Same", "mail", world.carol.pk)}


def test_a_signed_call_that_makes_no_sense_is_kept(world: World) -> None:
    assert call(INBOUND, b"{not json").status_code == 200
    assert b"{not json" in bytes(filed().raw)


def test_a_large_mail_comes_through(world: World) -> None:
    big = {"Name": "big.bin", "Content": b64encode(b"x" * 8_000_000).decode(), "ContentType": "application/x"}
    assert call(INBOUND, inbound(Attachments=[big])).status_code == 200
    filed()
    assert Ticket.objects.get().attachments.get().file.size == 8_000_000


def test_the_envelopes_recipient_finds_the_ticket(world: World) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    address = reply_address("desk@mainstreet.example", Seal(f"ticket:{ticket.pk}", f"contact:{world.carol.pk}"))
    call(INBOUND, inbound(OriginalRecipient=address, To="undisclosed", ToFull=[]))
    assert (filed().why["rule"], filed().ticket) == ("answers_by_token", ticket)


def sent_mail(world: World) -> OutgoingMail:
    mail = OutgoingMail.objects.post(
        key="a", kind="note", to=[("Carol", "carol@acme.example")], subject="s", text="t",
        seal=Seal("ticket:1", "contact:1"),
    )  # fmt: skip
    assert mail is not None
    OutgoingMail.objects.update(state="sent", sent_at=timezone.now(), provider_id="883953f4")
    return mail


def bounced(**more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "MessageID": "883953f4", "Email": "carol@acme.example",
        "Description": "The server was unable to deliver", "Details": "550 No such user",
        "BouncedAt": "2026-11-24T10:00:00Z", **more,
    }  # fmt: skip


def test_a_reported_bounce_pauses_the_address_and_shows(world: World) -> None:
    mail = sent_mail(world)
    assert call(TRACKING, bounced()).status_code == 200
    mail.refresh_from_db()
    world.carol.refresh_from_db()
    assert (mail.state, world.carol.mail_paused) == ("failed", True)
    assert Event.objects.filter(kind="mail.came_back", stream="ticket:1").exists()


def test_a_passing_fault_pauses_nobody_and_a_complaint_does(world: World) -> None:
    sent_mail(world)
    call(TRACKING, bounced(Type="Transient"))
    world.carol.refresh_from_db()
    assert not world.carol.mail_paused
    call(TRACKING, bounced(RecordType="SpamComplaint", Type="SpamComplaint"))
    world.carol.refresh_from_db()
    assert world.carol.mail_paused
    assert Event.objects.filter(kind="mail.complained", stream="ticket:1").exists()


def test_a_report_of_a_mail_that_is_not_ours_does_nothing(world: World) -> None:
    assert call(TRACKING, bounced()).status_code == 200
    world.carol.refresh_from_db()
    assert not world.carol.mail_paused

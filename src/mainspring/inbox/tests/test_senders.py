"""Case 16: what our own mail server found out about a sender is judged, and what others wrote about him is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mainspring.crm.models import Contact
from mainspring.inbox.models import Mailbox, ReceivedMail, Source
from mainspring.inbox.models.received import receive
from mainspring.inbox.parsing import ParsedMail
from mainspring.inbox.tests.test_filing import mail, mails_out, our_mail, run_everything, status
from mainspring.tickets.models import Message, StatusKind, Ticket
from world import World

SENDERS = Path(__file__).parent / "mails" / "senders"
EXPECTED = json.loads((SENDERS / "expected.json").read_text(encoding="utf-8"))
OURS = "mx.mainstreet.example"
FORGED = f"Authentication-Results: {OURS}; dmarc=fail (p=reject) header.from=acme.example\r\n".encode()
PROVEN = FORGED.replace(b"fail", b"pass")


@pytest.fixture
def mailbox(world: World) -> Mailbox:
    told = {"address": "desk@mainstreet.example", "host": "imap.mainstreet.example", "login": "desk"}
    return Mailbox.add(by=world.max, password="secret", checked_by=OURS, **told)


@pytest.fixture
def ticket(world: World) -> Ticket:
    opened = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, assignee=world.tess)
    run_everything()
    return opened


def filed(raw: bytes, mailbox: Mailbox | None) -> ReceivedMail:
    received = receive(raw, source=Source.IMAP if mailbox else Source.PIPE, mailbox=mailbox)
    run_everything()
    received.refresh_from_db()
    return received


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sender_is_judged_by_our_own_server_alone(name: str) -> None:
    read = ParsedMail.read((SENDERS / f"{name}.eml").read_bytes())
    assert read.sender_check(EXPECTED[name]["server"]).verdict.value == EXPECTED[name]["verdict"]
    assert read.sender_check("").verdict.value == read.sender_check("mx.rival.example").verdict.value == "unknown"


def test_every_mail_of_the_folder_is_judged() -> None:
    assert {path.stem for path in SENDERS.glob("*.eml")} == set(EXPECTED)


def test_a_forged_sender_opens_nothing_and_gets_no_answer(world: World, mailbox: Mailbox) -> None:
    before = mails_out()
    received = filed((SENDERS / "opendmarc_fail.eml").read_bytes(), mailbox)
    assert (received.state, received.why["rule"]) == ("parked", "is_forged")
    assert "dmarc=fail" in received.because
    assert (Ticket.objects.count(), mails_out()) == (0, before)


def test_a_proven_sender_opens_a_ticket(world: World, mailbox: Mailbox) -> None:
    received = filed((SENDERS / "opendmarc_pass.eml").read_bytes(), mailbox)
    assert received.why["rule"] == "opens_new"
    assert "forged" not in received.why
    assert Ticket.objects.get().contact == world.carol


@pytest.mark.parametrize("answers", ["reference", "number"])
def test_a_forged_answer_is_a_strangers(world: World, mailbox: Mailbox, ticket: Ticket, answers: str) -> None:
    """Kept on the ticket and marked; the status, the customer and the mails out are as before."""
    named: dict[str, str] = (
        {"In_Reply_To": our_mail(ticket).message_id}
        if answers == "reference"
        else {"subject": f"Re: [#{ticket.number}]"}
    )
    before = status(ticket), mails_out()
    received = filed(FORGED + mail(text="Ship it to Sam", **named), mailbox)
    message = Message.objects.get(ticket=ticket, text="Ship it to Sam")
    assert received.why["rule"] == f"stranger_by_{answers}"
    assert message.is_unverified and message.contact is None
    assert (status(ticket), mails_out()) == before
    assert not Message.objects.for_customer().filter(pk=message.pk).exists()
    true = filed(PROVEN + mail(text="Please hurry", **named), mailbox)
    assert true.why["rule"] == f"answers_by_{answers}"
    assert status(ticket) == StatusKind.CUSTOMER_REPLIED


def test_a_forged_colleague_is_not_believed_even_with_the_seal(world: World, mailbox: Mailbox, ticket: Ticket) -> None:
    """Case 1: a seal that leaked is worth nothing under a forged address."""
    ticket.customer_replied(by=world.carol, text="Still blank")
    run_everything()
    sealed = our_mail(ticket, "tess@mainstreet.example").message_id
    forged = FORGED.replace(b"acme.example", b"mainstreet.example")
    received = filed(forged + mail("Tess Amir <tess@mainstreet.example>", In_Reply_To=sealed), mailbox)
    assert (received.state, received.why["rule"]) == ("parked", "staff_unproven")
    true = filed(forged.replace(b"fail", b"pass") + mail("tess@mainstreet.example", In_Reply_To=sealed), mailbox)
    assert true.why["rule"] == "staff_answers"


def test_a_mailbox_without_the_setting_judges_nobody(world: World, mailbox: Mailbox) -> None:
    Mailbox.objects.update(checked_by="")
    mailbox.refresh_from_db()
    assert filed(FORGED + mail(), mailbox).why["rule"] == "opens_new"


def test_what_a_mail_server_hands_us_is_judged_by_its_own_name(world: World, settings: Any) -> None:
    settings.MAIL_CHECKED_BY = OURS
    assert filed(FORGED + mail(), None).why["rule"] == "is_forged"
    assert filed(FORGED.replace(OURS.encode(), b"mx.rival.example") + mail(text="2"), None).why["rule"] == "opens_new"


def test_the_desk_shows_why_and_a_person_may_decide(world: World, mailbox: Mailbox, as_person: Any) -> None:
    client: Client = as_person(world.fay)
    received = filed(FORGED + mail(), mailbox)
    shown = client.get(f"/psa/mail/in/{received.pk}/").text
    assert "not his own address" in shown
    assert "dmarc=fail" in shown
    assert client.post(f"/psa/mail/in/{received.pk}/open").status_code == 303
    assert Ticket.objects.get().contact == world.carol
    assert Contact.objects.filter(email="carol@acme.example").count() == 1


def test_the_setting_takes_a_name_and_nothing_else(world: World, mailbox: Mailbox, as_person: Any) -> None:
    client: Client = as_person(world.max)
    typed = {
        "address": mailbox.address, "host": mailbox.host, "port": 993, "security": "tls", "login": "desk",
        "folder": "INBOX", "is_enabled": "on",
    }  # fmt: skip
    address = f"/psa/settings/mailboxes/{mailbox.pk}/"
    assert client.post(address, {**typed, "checked_by": "mx.google.com; dmarc=pass"}).status_code == 422
    assert client.post(address, {**typed, "checked_by": "mx.google.com;"}).status_code == 303
    mailbox.refresh_from_db()
    assert mailbox.checked_by == "mx.google.com"

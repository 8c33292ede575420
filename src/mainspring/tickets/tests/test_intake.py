"""Intake: what saving will do is said before, and done after."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mainspring.crm.models import Contact
from mainspring.files import models as files
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Message, Participant, Ticket
from mainspring.work.models import DiagnosticRule, Labour
from mainspring.work.tests.shelf import diagnostic
from world import World

pytestmark = pytest.mark.django_db

CALL = {"subject": "It does not start", "priority": "2", "channel": "phone", "diagnostic": "rule"}


def says(client: Any, **told: Any) -> str:
    return client.post("/psa/tickets/new/says", CALL | told).content.decode()


def test_what_will_be_sent_and_charged_is_said_before_saving(world: World, as_person: Any) -> None:
    DiagnosticRule.set_for(world.printer.kind, diagnostic(world), by=world.max)
    due = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
    said = says(as_person(world.fay), contact=world.carol.pk, device=world.printer.pk, due_at=due)
    assert "carol@acme.example" in said and "calendar invite" in said
    assert "Diagnostic: $10.00 plus VAT 17 % is invoiced now" in said


def test_without_fee_and_address_that_is_said(world: World, as_person: Any) -> None:
    said = says(as_person(world.fay), name="Dana", phone="052-555-0111")
    assert "No mail address yet" in said and "nothing is invoiced" in said


def test_an_empty_form_says_something_too(world: World, as_person: Any) -> None:
    assert as_person(world.fay).post("/psa/tickets/new/says", {}).status_code == 200


def test_what_was_said_happens(world: World, as_person: Any) -> None:
    DiagnosticRule.set_for(world.printer.kind, diagnostic(world), by=world.max)
    told = CALL | {"contact": world.carol.pk, "device": world.printer.pk}
    assert as_person(world.fay).post("/psa/tickets/new", told).status_code == 303
    assert Labour.objects.get(ticket=Ticket.objects.get()).is_diagnostic


def test_further_contacts_join_with_their_roles(world: World, as_person: Any) -> None:
    told = CALL | {"contact": world.carol.pk, "also": [world.carl.pk, "", "x"], "also_role": ["Accounts", "", ""]}
    as_person(world.fay).post("/psa/tickets/new", told)
    assert list(Participant.objects.values_list("contact__name", "role")) == [("Carl Peretz", "Accounts")]


def test_a_further_contact_is_created_in_place_or_recognised(world: World, as_person: Any) -> None:
    told = CALL | {
        "contact": world.carol.pk,
        "also": ["", "", ""],
        "also_name": ["Dana Levi", "Carl", "Eli"],
        "also_reach": ["dana@acme.example", "052-555-0199", "054-555-0001"],
        "also_role": ["CFO", "IT", ""],
    }
    as_person(world.fay).post("/psa/tickets/new", told)
    seats = Participant.objects.order_by("id").values_list("contact__name", "role", "contact__business__name")
    assert list(seats) == [
        ("Dana Levi", "CFO", "Acme Printing"), ("Carl Peretz", "IT", "Acme Printing"), ("Eli", "", "Acme Printing"),
    ]  # fmt: skip


def test_a_further_contact_that_cannot_be_is_said_and_nothing_is_lost(world: World, as_person: Any) -> None:
    told = CALL | {"contact": world.carol.pk, "also_name": ["Dana"], "also_reach": ["dana@"], "also_role": ["CFO"]}
    answer = as_person(world.fay).post("/psa/tickets/new", told)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Dana: Enter a valid email address." in shown
    assert 'value="dana@"' in shown and 'value="CFO"' in shown and not Ticket.objects.exists()


def test_the_same_form_sent_again_opens_no_second_ticket(world: World, as_person: Any) -> None:
    told = CALL | {"contact": world.carol.pk, "key": "6a2e9b1e-3f3a-4a39-9d55-3f2b8b1f0a11"}
    client = as_person(world.fay)
    first, second = client.post("/psa/tickets/new", told), client.post("/psa/tickets/new", told)
    assert first.headers["Location"] == second.headers["Location"] and Ticket.objects.count() == 1
    assert client.post("/psa/tickets/new", told | {"key": "no key"}).status_code == 303 and Ticket.objects.count() == 2


def test_a_chosen_device_that_has_a_ticket_open_says_so(world: World, as_person: Any) -> None:
    ticket = Ticket.objects.open("Blank pages", by=world.fay, contact=world.carol, device=world.printer)
    card = as_person(world.fay).get(f"/psa/tickets/callers/{world.carol.pk}").content.decode()
    assert f"already has #{ticket.number} open" in card


def test_what_was_chosen_stands_when_something_else_is_wrong(world: World, as_person: Any) -> None:
    told = CALL | {"contact": world.carol.pk, "device": world.printer.pk, "subject": ""}
    shown = as_person(world.fay).post("/psa/tickets/new", told).content.decode()
    assert f'name="device" value="{world.printer.pk}" checked' in shown


def test_the_same_form_with_a_new_caller_is_not_asked_about_him(world: World, as_person: Any) -> None:
    """Sent twice he is known by then: by the first one."""
    client, told = as_person(world.fay), CALL | {"key": "6a2e9b1e-3f3a-4a39-9d55-3f2b8b1f0a12"}
    told |= {"contact": "", "name": "New Caller", "phone": "052-555-0333"}
    answers = [client.post("/psa/tickets/new", told) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303] and answers[0].url == answers[1].url
    assert Ticket.objects.count() == 1 and Contact.objects.filter(name="New Caller").count() == 1


def test_a_caller_with_a_known_number_is_offered_not_created_twice(world: World, as_person: Any) -> None:
    told = CALL | {"name": "Karol", "phone": "+972 3 555 0142"}
    client = as_person(world.fay)
    offered = client.post("/psa/tickets/new", told)
    assert offered.status_code == 422 and "Carol Mizrahi" in offered.content.decode()
    assert client.post("/psa/tickets/new", told | {"is_another": "on"}).status_code == 303


def test_a_file_that_is_too_large_is_said_and_the_note_waits(
    world: World, as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    ticket = Ticket.objects.open("It does not start", by=world.fay, contact=world.carol)
    told = {"kind": "general", "text": "See the photo", "uploads": SimpleUploadedFile("a.txt", b"x" * 11)}
    answer = as_person(world.tess).post(f"/psa/tickets/{ticket.number}/note", told)
    assert answer.status_code == 422 and "larger than 25 MB" in answer.content.decode()
    assert not Message.objects.exists() and not OutgoingMail.objects.filter(kind="note").exists()

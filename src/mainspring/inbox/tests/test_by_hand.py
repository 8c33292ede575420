"""Mail that people put where it belongs."""

from typing import Any

import pytest
from django.test import Client

from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.inbox.models import ReceivedMail
from mainspring.inbox.tests.test_filing import bounce, filed, mail, mails_out, our_mail, run_everything, status
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Message, StatusKind, Ticket
from world import World

IN = "/psa/mail/in/"
POISON = b"From: Carol <carol@acme.example>\r\nSubject: deep\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(2_000)
)


@pytest.fixture
def ticket(world: World) -> Ticket:
    opened = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, assignee=world.tess)
    run_everything()
    return opened


@pytest.fixture
def desk(world: World, as_person: Any) -> Client:
    client: Client = as_person(world.fay)
    return client


def parked() -> ReceivedMail:
    return filed(mail("no-reply@supplier.example", "Your parcel", text="Your code is on its way"))


def test_the_page_shows_each_state_and_why(world: World, desk: Client) -> None:
    waiting, opened = parked(), filed(mail())
    everything = desk.get(IN).text
    assert "Your parcel" in everything
    assert "It answers nothing, so it opened a ticket." in everything
    unfiled = desk.get(f"{IN}?state=unfiled").text
    assert "a machine that proves addresses" in unfiled
    assert f"{IN}{waiting.pk}/" in unfiled
    assert f"{IN}{opened.pk}/" not in unfiled


def test_a_mail_beyond_reading_is_shown_and_can_be_downloaded(world: World, desk: Client) -> None:
    """Promise 2: what can't be parsed is kept whole, seen, and can be replayed."""
    received = filed(POISON)
    assert received.state == "failed"
    assert "could not be read" in desk.get(f"{IN}{received.pk}/").text
    raw = desk.get(f"{IN}{received.pk}/raw")
    assert raw.content == POISON
    assert raw.headers["Content-Disposition"] == f'attachment; filename="mail-{received.pk}.eml"'
    assert "sandbox" in raw.headers["Content-Security-Policy"]
    assert raw.headers["X-Content-Type-Options"] == "nosniff"
    assert desk.post(f"{IN}{received.pk}/again").status_code == 303
    run_everything()
    received.refresh_from_db()
    assert received.state == "failed"


def test_a_mail_beyond_reading_is_filed_with_its_original(world: World, desk: Client, ticket: Ticket) -> None:
    received = filed(POISON)
    desk.post(f"{IN}{received.pk}/file", {"number": ticket.number})
    message = ticket.messages.get()
    assert message.is_unverified
    assert message.attachments.get().file.read() == POISON


def test_a_parked_mail_is_filed_by_number_or_words(world: World, desk: Client, ticket: Ticket) -> None:
    received = parked()
    assert f'data-value="{ticket.number}"' in desk.get(f"{IN}tickets?q=blank pages").text
    answer = desk.post(f"{IN}{received.pk}/file", {"number": "", "q": f"#{ticket.number}"})
    assert answer.headers["Location"] == f"/psa/tickets/{ticket.number}/"
    received.refresh_from_db()
    assert (received.state, received.ticket, received.because) == ("filed", ticket, "Fay Cohen filed it here.")
    assert received.filed_by == world.fay
    assert ticket.messages.get().is_unverified
    assert desk.post(f"{IN}{received.pk}/file", {"number": "999999"}).status_code == 422


def test_filed_by_hand_the_customers_own_mail_is_his_reply(world: World, desk: Client, ticket: Ticket) -> None:
    ticket.close(by=world.tess)
    received = filed(mail(subject="Your verification code", text="I mean the printer's"))
    desk.post(f"{IN}{received.pk}/file", {"number": ticket.number})
    assert status(ticket) == StatusKind.CUSTOMER_REPLIED
    assert ticket.messages.get().contact == world.carol


def test_a_parked_mail_opens_a_ticket_once(world: World, desk: Client) -> None:
    received = parked()
    assert desk.post(f"{IN}{received.pk}/open").status_code == 303
    assert desk.post(f"{IN}{received.pk}/open").status_code == 422
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.contact and ticket.contact.email) == ("Your parcel", "no-reply@supplier.example")
    assert ticket.messages.get().text == "Your code is on its way"


def test_nobody_of_us_becomes_a_customer(world: World, desk: Client) -> None:
    before = Contact.objects.count()
    for sender in ("desk@mainstreet.example", "Tess <tess@mainstreet.example>", "a@b.example, c@d.example"):
        received = filed(mail(sender, text=f"From {sender}"))
        assert received.state == "parked"
        desk.post(f"{IN}{received.pk}/open")
    assert Ticket.objects.filter(contact=None).count() == 2
    assert Contact.objects.count() == before + 1


def test_a_discarded_mail_is_kept_and_can_be_taken_up(world: World, desk: Client) -> None:
    received = parked()
    desk.post(f"{IN}{received.pk}/discard")
    received.refresh_from_db()
    assert (received.state, bytes(received.raw) != b"") == ("discarded", True)
    desk.post(f"{IN}{received.pk}/keep")
    received.refresh_from_db()
    assert received.state == "parked"
    assert desk.post(f"{IN}{filed(mail()).pk}/discard").status_code == 422


def test_a_wrongly_filed_mail_moves_and_comes_back(world: World, desk: Client, ticket: Ticket) -> None:
    received = filed(mail(text="About the other one"))
    wrong = Ticket.objects.exclude(pk=ticket.pk).get()
    desk.post(f"{IN}{received.pk}/file", {"number": ticket.number})
    received.refresh_from_db()
    message = Message.objects.get()
    assert (message.ticket, message.is_unverified, received.ticket) == (ticket, False, ticket)
    assert received.because == f"Fay Cohen moved it here from #{wrong.number}."
    assert {"ticket.message_left", "ticket.message_came"} <= set(Event.objects.values_list("kind", flat=True))
    desk.post(f"{IN}{received.pk}/back")
    received.refresh_from_db()
    assert (Message.objects.get().ticket, received.why["rule"]) == (wrong, "opens_new")
    assert desk.post(f"{IN}{received.pk}/back").status_code == 422


def test_moved_to_a_ticket_of_somebody_else_a_mail_stays_unseen_there(world: World, desk: Client) -> None:
    sams = Ticket.objects.open("Sam's laptop", by=world.fay, contact=world.sam)
    received = filed(mail(text="Acme's secret"))
    desk.post(f"{IN}{received.pk}/file", {"number": sams.number})
    assert Message.objects.get().ticket == sams
    assert not Message.objects.for_customer().exists()


def test_a_stranger_is_accepted_by_an_agent(world: World, desk: Client, ticket: Ticket) -> None:
    received = filed(mail("New One <new@else.example>", to=our_mail(ticket).reply_to, text="I am her husband"))
    page = desk.get(f"/psa/tickets/{ticket.number}/").text
    assert "the sender doesn&#39;t belong to it" in page
    assert f"{IN}{received.pk}/accept" in page
    assert desk.post(f"{IN}{received.pk}/accept").status_code == 303
    contact = Contact.objects.get(email="new@else.example")
    assert ticket.belongs(contact)
    assert Message.objects.for_customer().get().contact == contact
    assert status(ticket) == StatusKind.CUSTOMER_REPLIED
    assert f"{IN}{received.pk}/accept" not in desk.get(f"/psa/tickets/{ticket.number}/").text


def test_a_mail_under_the_name_of_one_of_us_is_never_accepted(world: World, desk: Client, ticket: Ticket) -> None:
    received = filed(mail("Tess <tess@mainstreet.example>", to=our_mail(ticket).reply_to))
    desk.post(f"{IN}{received.pk}/file", {"number": ticket.number})
    answer = desk.post(f"{IN}{received.pk}/accept")
    assert answer.status_code == 422
    assert not Message.objects.for_customer().exists()


def test_a_bounce_is_shown_and_mail_goes_on_when_the_address_is_corrected(
    world: World, desk: Client, ticket: Ticket
) -> None:
    filed(bounce("carol@acme.example", our_mail(ticket).message_id))
    page = desk.get(f"/psa/tickets/{ticket.number}/").text
    assert "Mail came back" in page
    world.carol.refresh_from_db()
    world.carol.amend(by=world.fay, email="carol@acme-printing.example")
    ticket = Ticket.objects.with_people().get(pk=ticket.pk)
    ticket.write("Still there?", by=world.tess)
    run_everything()
    assert OutgoingMail.objects.to_address("carol@acme-printing.example").filter(kind="note").exists()


def test_a_right_address_is_written_to_again(world: World, desk: Client, ticket: Ticket) -> None:
    filed(bounce("carol@acme.example", our_mail(ticket).message_id))
    before = mails_out()
    desk.post(f"/psa/customers/{world.carol.pk}/mail/resume")
    Ticket.objects.with_people().get(pk=ticket.pk).write("Still there?", by=world.tess)
    run_everything()
    assert mails_out() == before + 1


@pytest.mark.parametrize("way", ["file", "open", "again", "discard", "keep", "accept", "back"])
def test_who_may_not_file_is_refused(world: World, as_person: Any, client: Client, way: str) -> None:
    received = parked()
    assert client.post(f"{IN}{received.pk}/{way}").status_code == 302
    assert as_person(world.bill).post(f"{IN}{received.pk}/{way}").status_code == 403
    assert as_person(world.tess).post(f"{IN}999999/{way}", {"number": 1}).status_code == 404
    assert as_person(world.tess).get(f"{IN}{received.pk}/{way}").status_code == 405

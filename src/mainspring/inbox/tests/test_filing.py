"""Where a mail goes, and whom we believe."""

import time
from typing import Any

import pytest
from django.utils import timezone

from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.inbox.filing import Filing
from mainspring.inbox.models import ReceivedMail, Source
from mainspring.inbox.models.received import receive
from mainspring.inbox.parsing import ParsedMail
from mainspring.inbox.tasks import file_mail
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Message, StatusKind, Ticket
from world import World


def mail(
    sender: str = "Carol Mizrahi <carol@acme.example>",
    subject: str = "Printer",
    text: str = "It prints blank pages.",
    to: str = "desk@mainstreet.example",
    **headers: str,
) -> bytes:
    lines = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": "Tue, 24 Nov 2026 08:00:00 +0200",
        "Message-ID": f"<{abs(hash((sender, subject, text, to, *headers.items())))}@acme.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def filed(raw: bytes) -> ReceivedMail:
    """The mail after everything it set off has run."""
    received = receive(raw, source=Source.PIPE)
    run_everything()
    received.refresh_from_db()
    return received


def run_everything() -> None:
    OutgoingMail.objects.filter(state="waiting").update(not_before=timezone.now())
    Worker().run_all()


@pytest.fixture
def ticket(world: World) -> Ticket:
    opened = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, assignee=world.tess)
    run_everything()
    return opened


def our_mail(ticket: Ticket, address: str = "carol@acme.example") -> OutgoingMail:
    return OutgoingMail.objects.of_stream(f"ticket:{ticket.pk}").to_address(address).order_by("id")[0]


def status(ticket: Ticket) -> str:
    return Ticket.objects.select_related("status").get(pk=ticket.pk).status.kind


def mails_out() -> int:
    return to_customers().exclude(state="held").count()


def to_customers() -> Any:
    """The mails that leave the house: not those to the front desk."""
    return OutgoingMail.objects.exclude(kind="new_ticket")


def test_a_known_sender_opens_a_ticket_of_his_business_and_is_told_its_number(world: World) -> None:
    received = filed(mail())
    assert (received.state, received.why["rule"]) == ("filed", "opens_new")
    ticket = Ticket.objects.get()
    assert (ticket.contact, ticket.business, ticket.subject) == (world.carol, world.acme, "Printer")
    assert ticket.messages.get().text == "It prints blank pages."
    confirmation = to_customers().get()
    assert str(ticket.number) in confirmation.subject
    assert "blank pages" not in confirmation.text
    assert confirmation.headers["In-Reply-To"] == received.message_id


def test_an_unknown_sender_becomes_one_contact(world: World) -> None:
    filed(mail("New One <new@else.example>", "First"))
    filed(mail("New One <NEW@else.example>", "Second"))
    assert Contact.objects.filter(email__iexact="new@else.example").count() == 1
    assert Ticket.objects.count() == 2


def test_the_same_bytes_are_one_mail_however_they_come(world: World) -> None:
    """Case 17: the same bytes twice are one."""
    raw = mail()
    again = b"Received: from mx2\r\nDelivered-To: desk@x\r\n" + raw.replace(b"\r\n", b"\n")
    assert filed(raw).pk == filed(again).pk
    assert Ticket.objects.count() == 1


def test_a_mail_without_message_id_delivered_five_times_is_one_ticket(world: World) -> None:
    """Case 18: the bytes are the identity."""
    raw = mail(Message_ID="")
    for hop in range(5):
        filed(f"Received: by hop{hop}\r\n".encode() + raw)
    assert Ticket.objects.count() == 1


def test_another_mail_under_a_known_message_id_is_kept_and_flagged(world: World) -> None:
    """Case 17: a stolen Message-ID hides no mail."""
    first = filed(mail("Sam <sam@rival.example>", text="Poison", Message_ID="<same@acme.example>"))
    second = filed(mail(text="The true one", Message_ID="<same@acme.example>"))
    assert second.duplicate_of == first
    assert second.state == "filed"
    assert Ticket.objects.count() == 2


def test_an_answer_to_our_mail_is_the_customers_reply(world: World, ticket: Ticket) -> None:
    received = filed(mail(subject="Re: anything", In_Reply_To=our_mail(ticket).message_id, text="Plain A4"))
    assert (received.why["rule"], received.ticket) == ("answers_by_reference", ticket)
    assert status(ticket) == StatusKind.CUSTOMER_REPLIED
    assert Event.objects.filter(stream=f"ticket:{ticket.pk}", kind="mail.filed").exists()


def test_a_forged_reference_opens_nothing_in_the_ticket(world: World, ticket: Ticket) -> None:
    """Case 1: one changed sign, and our Message-ID is not ours."""
    forged = our_mail(ticket).message_id.replace("ms.t", "ms.t9")
    assert filed(mail("Sam <sam@rival.example>", In_Reply_To=forged)).ticket != ticket


def test_a_mail_to_the_signed_reply_address_finds_its_ticket(world: World, ticket: Ticket) -> None:
    received = filed(mail(to=our_mail(ticket).reply_to, subject="Something else"))
    assert (received.why["rule"], received.ticket) == ("answers_by_token", ticket)


def test_the_number_in_the_subject_counts_for_those_who_belong(world: World, ticket: Ticket) -> None:
    assert filed(mail(subject=f"About #{ticket.number}")).why["rule"] == "answers_by_number"
    assert filed(mail("Sam <sam@rival.example>", f"Order #{ticket.number}")).why["rule"] == "opens_new"


@pytest.mark.parametrize("way", ["reference", "token", "number"])
def test_a_stranger_gets_no_seat(world: World, ticket: Ticket, way: str) -> None:
    """Case 4: kept as unverified, no mail to him, status and requester as they were."""
    ours, before, out = our_mail(ticket), status(ticket), mails_out()
    headers: dict[str, Any] = {
        "reference": {"In_Reply_To": ours.message_id},
        "token": {"to": ours.reply_to},
        "number": {"subject": f"Re: [#{ticket.number}] Printer"},
    }[way]
    received = filed(mail("Sam Stranger <sam@rival.example>", **headers))
    assert (received.why["rule"], received.ticket) == (f"stranger_by_{way}", ticket)
    message = Message.objects.get(pk=str(received.became_id))
    assert message.is_unverified
    assert not Message.objects.for_customer().filter(pk=message.pk).exists()
    ticket.refresh_from_db()
    assert (status(ticket), ticket.contact, ticket.participants.count()) == (before, world.carol, 0)
    assert mails_out() == out


def test_a_customer_who_answers_his_own_first_mail_stays_in_his_ticket(world: World) -> None:
    first = filed(mail(Message_ID="<first@acme.example>"))
    second = filed(mail(text="I forgot to say", References="<first@acme.example>"))
    assert (second.why["rule"], second.ticket) == ("answers_by_own_reference", first.ticket)
    stranger = filed(mail("Sam <sam@rival.example>", References="<first@acme.example>"))
    assert stranger.why["rule"] == "stranger_by_reference"


def test_an_answer_that_overtakes_its_question_is_filed_after_it(world: World) -> None:
    first = receive(mail(Message_ID="<first@acme.example>"), source=Source.PIPE)
    second = receive(mail(text="And this", In_Reply_To="<first@acme.example>"), source=Source.PIPE)
    file_mail.func(second.pk)
    file_mail.func(first.pk)
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 2


def test_whoever_writes_twice_is_read_in_his_order(world: World, ticket: Ticket) -> None:
    """A worker that died over the first one has it for a minute: nobody waits, and nothing is turned round."""
    ours = our_mail(ticket)
    sent = [
        receive(mail(text=text, In_Reply_To=ours.message_id), source=Source.PIPE) for text in ("One", "Two", "Three")
    ]
    file_mail.func(sent[2].pk)
    texts = Message.objects.filter(ticket=ticket, direction="in").order_by("id").values_list("text", flat=True)
    assert list(texts) == ["One", "Two", "Three"]


def test_a_mail_is_not_set_aside_for_the_one_before_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = receive(mail(Message_ID="<first@acme.example>", text="poison"), source=Source.PIPE)
    second = receive(mail(text="And this", In_Reply_To="<first@acme.example>"), source=Source.PIPE)
    read = ParsedMail.read

    def breaks(raw: bytes) -> ParsedMail:
        if b"poison" in raw:
            raise RecursionError("too deep")
        return read(raw)

    monkeypatch.setattr(ParsedMail, "read", breaks)
    file_mail.func(second.pk)
    states = ReceivedMail.objects.in_bulk([first.pk, second.pk])
    assert (states[first.pk].state, states[second.pk].state) == ("failed", "filed")


def test_a_spoofed_agent_is_parked_and_nothing_is_mailed(world: World, ticket: Ticket) -> None:
    """Case 1: an agent's address proves nothing, not even with a true reference."""
    ours, out = our_mail(ticket), mails_out()
    for headers in ({"In_Reply_To": ours.message_id}, {"to": ours.reply_to}, {"subject": f"[#{ticket.number}]"}, {}):
        received = filed(mail("Tess Amir <tess@mainstreet.example>", text=f"Pay me {headers}", **headers))
        assert (received.state, received.why["rule"]) == ("parked", "staff_unproven")
    assert mails_out() == out
    assert not ticket.messages.filter(person=world.tess).exists()


def test_an_agent_answers_the_mail_that_went_to_him_until_he_leaves(world: World, ticket: Ticket) -> None:
    """Case 3: who may not reply any more is refused, and told so."""
    filed(mail(subject=f"#{ticket.number}", text="When will it be done?"))
    ours = our_mail(ticket, "tess@mainstreet.example")
    taken = filed(mail("Tess <tess@mainstreet.example>", text="On Thursday.", In_Reply_To=ours.message_id))
    assert taken.why["rule"] == "staff_answers"
    note = ticket.messages.get(person=world.tess)
    assert (note.text, note.kind, note.is_mailed) == ("On Thursday.", "general", True)
    world.tess.leave(by=world.ada)
    refused = filed(mail("Tess <tess@mainstreet.example>", text="And one more", In_Reply_To=ours.message_id))
    assert (refused.state, refused.why["rule"]) == ("parked", "staff_refused")
    assert not ticket.messages.filter(text="And one more").exists()
    assert OutgoingMail.objects.get(kind="reply_refused").address == world.tess.email


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"X_Auto_Response_Suppress": "All"},
    {"Precedence": "bulk"},
    {"List_Id": "<news.acme.example>"},
    {"Return_Path": "<>"},
    {"X_Mainspring_Loop": "1"},
    {"Precedence": "auto_reply"},
    {"Auto_Submitted": "auto-generated"},
    {"List_Unsubscribe": "<mailto:x@y.example>"},
    {"Precedence": "list"},
]


@pytest.mark.parametrize("headers", AUTOMATIC)
def test_no_automatic_mail_answers_a_machine(world: World, headers: dict[str, str]) -> None:
    """Case 8: nothing that calls itself a machine is answered."""
    filed(mail(**headers))
    assert OutgoingMail.objects.count() == 0


def test_an_absence_note_reopens_nothing(world: World, ticket: Ticket) -> None:
    """Case 11: an out-of-office note moves no closed ticket."""
    ticket.close(by=world.tess)
    run_everything()
    ours, out = our_mail(ticket), mails_out()
    received = filed(mail(text="I am away", In_Reply_To=ours.message_id, Auto_Submitted="auto-replied"))
    assert (received.why["rule"], received.ticket) == ("is_auto_reply", ticket)
    assert status(ticket) == StatusKind.CLOSED
    assert ticket.messages.filter(text="I am away").exists()
    assert mails_out() == out


def test_more_than_five_reopenings_an_hour_are_held(world: World, ticket: Ticket) -> None:
    """Case 11: the sixth reopening within an hour is held."""
    rules = []
    for turn in range(7):
        Ticket.objects.get(pk=ticket.pk).close(by=world.tess)
        rules.append(filed(mail(subject=f"#{ticket.number}", text=f"Not done {turn}")).why["rule"])
    assert rules == ["answers_by_number"] * 5 + ["reopens_too_often"] * 2


def test_a_bounce_pauses_the_address_and_shows_on_the_ticket(world: World, ticket: Ticket) -> None:
    """Promise 5: tied to the right address, shown, paused."""
    ours = our_mail(ticket)
    received = filed(bounce("carol@acme.example", ours.message_id))
    assert (received.why["rule"], received.ticket) == ("is_bounce", ticket)
    world.carol.refresh_from_db()
    assert world.carol.mail_paused
    assert Event.objects.filter(stream=f"ticket:{ticket.pk}", kind="mail.came_back").exists()
    before = mails_out()
    ticket.write("Still there?", by=world.tess)
    run_everything()
    assert mails_out() == before


def test_a_bounce_of_what_we_never_sent_silences_nobody(world: World) -> None:
    assert filed(bounce("carl@acme.example", "<x@y.example>")).why["rule"] == "is_bounce_of_nothing"
    world.carl.refresh_from_db()
    assert not world.carl.mail_paused


def bounce(address: str, message_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: desk@mainstreet.example\r\nReturn-Path: <>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {address}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    "sender", ["desk@mainstreet.example", "Desk <DESK+t5.c8.aaaa@mainstreet.example>", "desk@mainspring.example"]
)
def test_our_own_address_as_sender_does_nothing(world: World, sender: str) -> None:
    """Case 10: our own address, tagged or not."""
    assert filed(mail(sender)).why["rule"] == "is_own"
    assert (Ticket.objects.count(), OutgoingMail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("no-reply@slack.example", "Hi"),
        ("a@b.example", "Your verification code is 123456"),
        ("noreply+x@a.example", ""),
    ],
)
def test_codes_that_prove_an_address_are_parked(world: World, ticket: Ticket, sender: str, subject: str) -> None:
    """Cases 5 and 6: codes that prove an address are never shown to whoever reads the ticket."""
    received = filed(mail(sender, subject or "Hello", to=our_mail(ticket).reply_to))
    assert (received.state, received.why["rule"]) == ("parked", "is_verification")
    assert not ticket.messages.exists()


@pytest.mark.parametrize("sender", ["a@b.example, c@d.example", '"carol@acme.example" <sam@rival.example>', ""])
def test_a_sender_that_reads_two_ways_is_nobody(world: World, sender: str) -> None:
    assert filed(mail(sender)).state == "parked"
    assert not Ticket.objects.exists()


def test_ten_thousand_in_cc_get_no_seat_and_no_file(world: World) -> None:
    """Cases 5 and 14: a Cc gives no access and makes no contact, in no time."""
    people = ",\r\n ".join(f"p{n}@else.example" for n in range(10_000))
    before = Contact.objects.count()
    began = time.process_time()
    received = filed(mail(Cc=people))
    assert time.process_time() - began < 2
    assert received.state == "filed"
    assert Contact.objects.count() == before
    assert Ticket.objects.get().participants.count() == 0
    assert to_customers().count() == 1


def test_headers_from_outside_set_nothing(world: World) -> None:
    """Case 12: no header of the sender sets a column."""
    filed(mail(subject="a", X_Mainspring_Priority="4", X_Priority="1", X_Mainspring_Owner="tess", Importance="high"))
    filed(mail(subject="b"))
    first, second = Ticket.objects.order_by("id")
    assert (first.priority, first.assignee, first.status) == (second.priority, second.assignee, second.status)


@pytest.mark.matrix
def test_a_victim_named_in_many_mails_gets_one_acknowledgement(world: World) -> None:
    """Case 7: our acknowledgements flood nobody, and carry no words of the sender."""
    for turn in range(100):
        receive(mail("Victim <victim@else.example>", f"Buy {turn} pills", text="evil words"), source=Source.PIPE)
    run_everything()
    sent = to_customers().exclude(state="held")
    assert sent.count() == 1
    assert "evil" not in sent[0].text + sent[0].subject + sent[0].html
    assert "pills" not in sent[0].text + sent[0].subject + sent[0].html


def test_two_help_desks_that_strip_everything_end_in_one_ticket(world: World) -> None:
    """Case 9 and promise 6: at most three mails, one ticket, an alarm."""
    filed(mail("Peer <peer@desk.example>", "Help", text="We need help"))
    for turn in range(5):
        ours = OutgoingMail.objects.to_address("peer@desk.example").order_by("-id")[0]
        filed(
            mail("Peer <peer@desk.example>", f"Case {900 + turn} was created", text=f"You wrote:\n{ours.text}\n{turn}")
        )
    assert Ticket.objects.count() == 1
    assert mails_out() <= 3
    assert Event.objects.filter(kind="mail.loop_stopped").exists()


def test_a_mail_that_breaks_us_is_kept_and_can_be_filed_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:

    def breaks(raw: bytes) -> ParsedMail:
        raise RecursionError("too deep")

    with monkeypatch.context() as broken:
        broken.setattr(ParsedMail, "read", breaks)
        received = filed(mail())
    assert received.state == "failed"
    assert "too deep" in received.error
    received.file_again(by=world.max)
    run_everything()
    received.refresh_from_db()
    assert received.state == "filed"


def test_a_mail_that_takes_its_worker_down_is_set_aside(world: World) -> None:
    """Case 80: one bad mail does not stop the queue."""
    received = receive(mail(), source=Source.PIPE)
    ReceivedMail.objects.update(attempts=3)
    run_everything()
    received.refresh_from_db()
    assert received.state == "failed"


@pytest.mark.parametrize(("place", "name", "counted"), [(ParsedMail, "read", 1), (Filing, "file", 0)])
def test_a_worker_that_dies_counts_against_a_mail_only_while_it_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch, place: type, name: str, counted: int
) -> None:
    received = receive(mail(), source=Source.PIPE)

    def dies(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(place, name, dies)
        with pytest.raises(KeyboardInterrupt):
            file_mail.func(received.pk)
    received.refresh_from_db()
    assert (received.state, received.attempts) == ("waiting", counted)
    run_everything()
    received.refresh_from_db()
    assert received.state == "filed"


def test_pictures_and_files_are_kept(world: World) -> None:
    raw = (
        mail().split(b"MIME-Version")[0]
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        + b'--b\r\nContent-Type: text/html\r\n\r\n<p>See <img src="cid:one"></p><script>x()</script>\r\n'
        + b"--b\r\nContent-Type: image/png\r\nContent-ID: <one>\r\nContent-Disposition: inline\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        + b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="../log.txt"\r\n\r\n'
        + b"line\r\n--b--\r\n"
    )
    received = filed(raw)
    message = Message.objects.get(pk=str(received.became_id))
    assert "<script>" in message.html
    names = [attachment.name for attachment in message.attachments.order_by("id")]
    assert len(names) == 2
    assert not any("/" in name for name in names)

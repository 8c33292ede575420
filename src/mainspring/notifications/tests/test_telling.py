"""Who is told what, and what nobody is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from mainspring.core.models import Shop
from mainspring.events.models import TaskRow
from mainspring.events.worker import Worker
from mainspring.notifications import changes, letters
from mainspring.outbox.models import MailTemplate, OutgoingMail
from mainspring.tickets.models import Status, StatusKind, Ticket
from mainspring.vault.additions import keep_passcode
from world import World

DUE = datetime(2031, 5, 6, 14, 0, tzinfo=UTC)
CANARY = "canary-7f3a"


def run_everything() -> None:
    """All that is due now and later: as after a quiet while."""
    for _round in range(4):
        TaskRow.objects.filter(state="waiting").update(run_after=timezone.now())
        OutgoingMail.objects.filter(state="waiting").update(not_before=timezone.now())
        Worker().run_all()


@pytest.fixture(autouse=True)
def no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "QUIET", timedelta(0))


def opened(world: World, **fields: Any) -> Ticket:
    ticket = Ticket.objects.open(
        "Printer prints blank pages",
        by=world.fay,
        contact=world.carol,
        device=world.printer,
        description="Since Monday.",
        **fields,
    )
    run_everything()
    return Ticket.objects.with_people().get(pk=ticket.pk)


def mails(kind: str, address: str = "carol@acme.example") -> list[OutgoingMail]:
    return list(OutgoingMail.objects.to_address(address).filter(kind=kind).order_by("id"))


def invites() -> list[tuple[str, int, str]]:
    """METHOD, SEQUENCE and start of every invite, in order."""
    found = []
    for mail in OutgoingMail.objects.to_address("carol@acme.example").order_by("id"):
        for part in mail.parts.exclude(method=""):
            calendar = Calendar.from_ical(bytes(part.content))
            event = calendar.events[0]
            assert (str(calendar["method"]), part.type) == (part.method, "text/calendar")
            found.append((part.method, int(str(event["sequence"])), event.decoded("dtstart").isoformat()))
    return found


def test_the_confirmation_tells_number_details_and_where_to_look(world: World) -> None:
    ticket = opened(world, due_at=DUE)
    mail = mails("ticket_opened")[0]
    assert mail.state == "sent"
    for words in (f"#{ticket.number}", ticket.subject, "Since Monday.", "HP M404n", world.shop.phone, "/t/"):
        assert words in mail.text
    assert f'href="{mail.text.split("See your ticket: ")[1].split()[0]}"' in mail.html
    assert invites() == [("REQUEST", 0, DUE.isoformat())]


def test_the_invite_follows_the_date_with_a_rising_sequence(world: World) -> None:
    ticket = opened(world, due_at=DUE)
    ticket.move_due(DUE + timedelta(days=1), by=world.tess)
    run_everything()
    ticket.move_due(None, by=world.tess)
    run_everything()
    ticket.move_due(DUE, by=world.tess)
    run_everything()
    ticket.close(by=world.tess)
    run_everything()
    later = (DUE + timedelta(days=1)).isoformat()
    assert invites() == [
        ("REQUEST", 0, DUE.isoformat()),
        ("REQUEST", 1, later),
        ("CANCEL", 2, later),
        ("REQUEST", 3, DUE.isoformat()),
        ("CANCEL", 4, DUE.isoformat()),
    ]
    uids = {
        str(Calendar.from_ical(bytes(part.content)).events[0]["uid"])
        for mail in OutgoingMail.objects.all()
        for part in mail.parts.exclude(method="")
    }
    assert len(uids) == 1


def test_changes_within_a_short_time_are_one_mail(world: World) -> None:
    ticket = opened(world)
    ticket.assign(world.tess, by=world.max)
    ticket.become(Status.first_of(StatusKind.IN_PROGRESS), by=world.tess)
    ticket.move_due(DUE, by=world.tess)
    run_everything()
    updates = mails("ticket_updated")
    assert len(updates) == 1
    for words in ("In Progress", "Tess Amir", "6 May 2031"):
        assert words in updates[0].text


def test_who_wants_no_mails_about_changes_gets_none(world: World) -> None:
    ticket = opened(world)
    world.carol.amend(by=world.carol, wants_updates=False)
    ticket.become(Status.first_of(StatusKind.IN_PROGRESS), by=world.tess)
    run_everything()
    assert mails("ticket_updated") == []
    ticket.write("It is ready.", by=world.tess)
    run_everything()
    assert len(mails("note")) == 1


def test_a_change_that_is_undone_is_no_news(world: World) -> None:
    ticket = opened(world)
    ticket.become(Status.first_of(StatusKind.IN_PROGRESS), by=world.tess)
    ticket.become(Status.first_of(StatusKind.NEW), by=world.tess)
    run_everything()
    assert mails("ticket_updated") == []


def test_a_question_is_told_once_and_a_reply_is_not_told_back(world: World) -> None:
    ticket = opened(world)
    ticket.write("Which paper?", by=world.tess, question=True)
    Worker().run_all()
    ticket.customer_replied("A4", by=world.carol)
    Worker().run_all()
    assert mails("ticket_updated") == []
    run_everything()
    assert len(mails("note")) == 1


def test_a_note_goes_to_the_customer_and_whoever_gets_mail(world: World) -> None:
    ticket = opened(world)
    ticket.join(world.carl, by=world.fay)
    ticket.write("The fuser is worn.\n- really *worn*", by=world.tess)
    run_everything()
    carol, carl = mails("note")[0], mails("note", "carl@acme.example")[0]
    assert "The fuser is worn.\n- really *worn*" in carol.text
    assert "The fuser is worn.<br>- really *worn*" in carol.html
    assert carol.headers.keys() == {"In-Reply-To", "References"}
    assert carol.message_id != carl.message_id
    assert carol.reply_to != carl.reply_to


def test_a_note_waits_until_it_can_not_be_taken_back(world: World) -> None:
    ticket = opened(world)
    kept, taken = ticket.write("Kept", by=world.tess), ticket.write("Taken back", by=world.tess)
    Worker().run_all()
    assert [mail.state for mail in mails("note")] == ["waiting", "waiting"]
    assert mails("note")[0].not_before == kept.sends_at
    assert taken.take_back(by=world.tess)
    run_everything()
    assert [mail.state for mail in mails("note")] == ["sent", "cancelled"]


def test_a_note_taken_back_before_its_mail_is_written_is_never_written(world: World) -> None:
    ticket = opened(world)
    ticket.write("Taken back", by=world.tess).take_back(by=world.tess)
    run_everything()
    assert mails("note") == []


def test_nothing_internal_is_in_any_mail(world: World) -> None:
    ticket = opened(world)
    keep_passcode(ticket, CANARY, by=world.fay)
    ticket.write_internally(f"{CANARY} he dropped it", by=world.tess)
    ticket.stranger_wrote(CANARY, name="Sam")
    ticket.write("Hello", by=world.tess)
    ticket.assign(world.max, by=world.max)
    ticket.close(by=world.max)
    run_everything()
    everything = "".join(f"{mail.subject}{mail.text}{mail.html}{mail.headers}" for mail in OutgoingMail.objects.all())
    assert len(everything) > 1000
    assert CANARY not in everything


def test_paused_addresses_and_our_own_get_nothing(world: World) -> None:
    world.carol.amend(by=None, mail_paused=True)
    ticket = opened(world)
    ticket.join(world.carl, by=world.fay)
    world.carl.amend(by=None, email=world.shop.email)
    ticket.write("Hello", by=world.tess)
    run_everything()
    assert not OutgoingMail.objects.exists()


def test_the_reader_gets_his_language_right_to_left(world: World) -> None:
    world.carol.amend(by=None, language="he")
    opened(world)
    mail = mails("ticket_opened")[0]
    assert (mail.language, 'dir="rtl"' in mail.html) == ("he", True)


def test_the_shops_own_words_are_used_and_broken_ones_are_not(world: World) -> None:
    MailTemplate.put("ticket_opened", "en", subject="We got {{ number }}", body="Dear {{ customer }}", by=world.ada)
    first = opened(world)
    assert mails("ticket_opened")[0].subject == f"We got {first.number}"
    MailTemplate.put("ticket_opened", "en", subject="{% if %}", body="{{ number.__class__.__mro__ }}", by=world.ada)
    opened(world)
    assert "We have your request" in mails("ticket_opened")[1].subject


PAYLOADS = [
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% import 'os' as os %}",
    "{{ config }}",
    "${7*7}",
    "[Pay now](https://thief.example)",
    "**bold** <script>alert(1)</script>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_write_prints_as_text(world: World, payload: str) -> None:
    written = letters.NOTE.write("en", {"text": payload, "customer": payload, "subject": payload, "number": 1})
    assert payload in written.text
    assert payload in written.subject
    assert "<script>" not in written.html
    assert 'href="https://thief.example' not in written.html


@pytest.mark.parametrize("payload", [*PAYLOADS[:5], "{{ number.__class__ }}", "{{ 'a' * 10**9 }}", "{{ 2 ** 99999 }}"])
def test_wordings_run_in_a_sandbox(world: World, payload: str) -> None:
    written = letters.NOTE.write("en", {"number": 1}, body=payload)
    assert all(sign not in written.text for sign in ("49", "subclass", "uid=", "xxx", "class 'int'"))


def test_a_reply_is_told_to_the_technician(world: World) -> None:
    ticket = opened(world, assignee=world.tess)
    ticket.customer_replied("Thursday is fine", by=world.carol)
    run_everything()
    mail = mails("customer_replied", world.tess.email)[0]
    assert "Thursday is fine" in mail.text
    assert f"/psa/tickets/{ticket.number}/" in mail.text


def test_every_letter_is_written_from_its_example(world: World) -> None:
    from mainspring.outbox.letters import LETTERS

    Shop.objects.update(colour="#ffee00")
    for letter in LETTERS.values():
        subject, body = letter.built_in("en")
        letter.check(subject, body)
        written = letter.write("en", letter.example)
        assert written.subject
        assert "{{" not in written.text + written.html
        assert "{%" not in written.text + written.html


def test_a_ticket_that_nobody_has_is_told_to_the_front_desk(world: World) -> None:
    ticket = Ticket.objects.open("No paper", by=world.carol, contact=world.carol, channel="mail")
    ticket.hear("Since Monday", by=world.carol, name="Carol")
    run_everything()
    told = OutgoingMail.objects.filter(kind="new_ticket")
    assert [mail.address for mail in told] == [world.fay.email]
    assert "Since Monday" in told[0].text
    world.fay.leave(by=world.ada)
    Ticket.objects.open("Another", by=world.carol, contact=world.carol, channel="mail")
    run_everything()
    assert OutgoingMail.objects.filter(kind="new_ticket").latest("id").address == world.max.email


def test_a_ticket_that_one_of_us_opened_or_has_is_told_to_nobody_else(world: World) -> None:
    opened(world)
    Ticket.objects.open("Hers", by=world.carol, contact=world.carol, assignee=world.tess, channel="mail")
    run_everything()
    assert not OutgoingMail.objects.filter(kind="new_ticket").exists()


def test_a_flood_of_new_tickets_does_not_flood_the_front_desk(world: World) -> None:
    for turn in range(8):
        Ticket.objects.open(f"Spam {turn}", by=world.carol, contact=world.carol, channel="mail")
    run_everything()
    assert OutgoingMail.objects.filter(kind="new_ticket", state="sent").count() == 3

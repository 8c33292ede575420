"""Mail that leaves: once a key, signed, paced, in order."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as sent
from django.utils import timezone

from mainspring.outbox.models import Enclosure, OutgoingMail, Pace
from mainspring.outbox.seals import Seal, message_id, reply_address, seal_of_address, seal_of_message_id
from mainspring.outbox.tasks import send
from world import World

CAROL = ("Carol Mizrahi", "carol@acme.example")
SEAL = Seal("ticket:5", "contact:8")


def post(key: str = "event:1", **fields: Any) -> OutgoingMail:
    values: dict[str, Any] = {"kind": "ticket.opened", "to": [CAROL], "subject": "Hello", "text": "Hi", **fields}
    mail = OutgoingMail.objects.post(key=key, **values)
    assert mail is not None
    return mail


def state(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return mail.state


def test_a_mail_is_posted_once_a_key_and_sent_once(world: World) -> None:
    first, again = post(seal=SEAL), post(seal=SEAL)
    assert first.pk == again.pk
    send.func(first.pk)
    send.func(first.pk)
    assert len(sent.outbox) == 1
    assert state(first) == "sent"
    assert sent.outbox[0].extra_headers["Message-ID"] == first.message_id


def test_a_message_id_is_trusted_only_as_we_wrote_it() -> None:
    """Case 1: one flipped sign is refused."""
    written = message_id(SEAL)
    assert seal_of_message_id(written) == SEAL
    forged = [written.replace("t5", "t6"), written.replace("c8", "p1"), "<t5@localhost>", "<ms.t5.c8@localhost>"]
    tag = written.split(".")[4].split("@")[0]
    flipped = written.replace(tag, ("a" if tag[0] != "a" else "b") + tag[1:])
    short = written.replace(tag, tag[:8])
    assert [seal_of_message_id(reference) for reference in [*forged, flipped, short]] == [None] * 6


def test_a_reply_address_is_trusted_only_as_we_wrote_it() -> None:
    address = reply_address("desk@mainstreet.example", SEAL)
    assert seal_of_address(address) == SEAL
    assert seal_of_address(address.upper()) == SEAL
    assert seal_of_address(address.replace("+t5", "+t6")) is None
    assert seal_of_address("desk+t5.c8@mainstreet.example") is None


@pytest.mark.parametrize("evil", ["\r\nBcc: sam@rival.example", "\nX: y", "\u2028Bcc: a@b.example", "\x00\x0b\x85 x"])
def test_no_name_or_subject_makes_a_header_or_a_recipient(world: World, evil: str) -> None:
    """Case 36: the expected headers, one recipient."""
    mail = post(
        to=[(f"Carol{evil}", CAROL[1]), ("Sam", f"sam@rival.example{evil}")],
        subject=f"Printer{evil}",
        answers=[f"<a@b>{evil}"],
        enclosures=[Enclosure(name=f"a.txt{evil}", type="text/plain", content=b"x")],
    )
    send.func(mail.pk)
    message = sent.outbox[0].message()
    assert sent.outbox[0].recipients() == [mail.to[0]]
    assert set(message.keys()) <= {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
        "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Mainspring-Loop",
    }  # fmt: skip


def test_our_own_addresses_get_no_mail(world: World) -> None:
    to = [("Desk", world.shop.email), ("Desk", "desk+t5.c8.aaaa@MAINSTREET.example")]
    assert OutgoingMail.objects.post(key="k", kind="k", to=to, subject="s", text="t") is None


def test_one_address_gets_one_acknowledgement_and_three_automatic_mails_an_hour(world: World) -> None:
    """Case 7 and promise 6."""
    acknowledged = [post(f"a{n}", pace=Pace.ACKNOWLEDGEMENT).state for n in range(5)]
    automatic = [post(f"b{n}", pace=Pace.AUTOMATIC).state for n in range(5)]
    assert acknowledged == ["waiting", "held", "held", "held", "held"]
    assert automatic == ["waiting", "waiting", "held", "held", "held"]
    assert post("c", pace=Pace.CHOSEN).state == "waiting"
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert post("d", pace=Pace.ACKNOWLEDGEMENT).state == "waiting"


def test_automatic_mail_says_so_and_a_persons_does_not(world: World) -> None:
    assert "X-Mainspring-Loop" in post("a").headers
    assert post("b", pace=Pace.HAND).headers == {}


def test_mails_to_one_reader_about_one_thing_keep_their_order(world: World) -> None:
    first, second = post("a", seal=SEAL), post("b", seal=SEAL)
    elsewhere = post("c", seal=Seal("ticket:6", "contact:8"))
    send.func(second.pk)
    assert state(second) == "waiting"
    send.func(elsewhere.pk)
    assert state(elsewhere) == "sent"
    send.func(first.pk)
    send.func(second.pk)
    assert [m.extra_headers["Message-ID"] for m in sent.outbox[1:]] == [first.message_id, second.message_id]


def test_a_cancelled_mail_does_not_leave_and_lets_the_next_one_go(world: World) -> None:
    first, second = post("a", seal=SEAL), post("b", seal=SEAL)
    assert first.cancel(by=None)
    send.func(first.pk)
    send.func(second.pk)
    assert (state(first), state(second)) == ("cancelled", "sent")
    assert not second.cancel(by=None)


def test_a_mail_waits_for_its_time(world: World) -> None:
    mail = post(not_before=timezone.now() + timedelta(seconds=10))
    send.func(mail.pk)
    assert state(mail) == "waiting"
    assert not sent.outbox


def test_a_sender_that_died_is_followed_by_another_only_after_its_claim(world: World) -> None:
    mail = post()
    assert OutgoingMail.objects.claim(mail.pk)
    assert OutgoingMail.objects.claim(mail.pk) is None
    OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert OutgoingMail.objects.claim(mail.pk)

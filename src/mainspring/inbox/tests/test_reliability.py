"""Cases of mail in that are proven by many examples at once: hostile senders, names, sizes, odd mails."""

import gzip
import io
import json
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from base64 import encodebytes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from icalendar import Calendar

from mainspring.events.models import Event
from mainspring.files.models import StoredFile, root
from mainspring.inbox.models import ReceivedMail, Source
from mainspring.inbox.models.received import receive
from mainspring.inbox.parsing import ParsedMail, Unreadable
from mainspring.inbox.rules import FILING
from mainspring.inbox.tests.test_filing import filed, mail, mails_out, our_mail, run_everything, status, to_customers
from mainspring.notifications.invite import invite
from mainspring.outbox.seals import reply_address
from mainspring.tickets.models import Attachment, Message, Ticket
from world import World

MAILS = Path(__file__).parent / "mails"


@pytest.fixture
def ticket(world: World) -> Ticket:
    opened = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, assignee=world.tess)
    run_everything()
    return opened


def test_no_matcher_trusts_what_we_did_not_sign(world: World, ticket: Ticket) -> None:
    """Case 2: every rule is named here, and none gives more than "unverified" for an unsigned word."""
    assert [rule.__name__ for rule in FILING] == [
        "is_own_mail", "is_bounce", "is_unclear", "is_verification", "is_calendar_reply", "is_auto_reply", "is_loop",
        "is_from_staff", "answers_by_reference", "answers_by_token", "answers_by_number",
        "is_forged", "opens_new",
    ]  # fmt: skip
    host = our_mail(ticket).message_id.partition("@")[2]
    unsigned = [
        {"In_Reply_To": f"<ticket-{ticket.pk}@{host}"},
        {"In_Reply_To": f"<ms.t{ticket.pk}.c{world.carol.pk}@{host}"},
        {"In_Reply_To": f"<ms.t{ticket.pk}.c{world.carol.pk}.0123456789abcdef@{host}"},
        {"In_Reply_To": f"<ms.t{ticket.pk}.c{world.carol.pk}.0123456789abcdef.{'a' * 20}@{host}"},
        {"References": f"<reply-{ticket.number}@{host}"},
        {"to": f"desk+t{ticket.pk}.c{world.carol.pk}@mainstreet.example"},
        {"to": f"desk+{ticket.number}@mainstreet.example"},
        {"to": f"desk+t{ticket.pk}.c{world.carol.pk}.{'a' * 20}@mainstreet.example"},
        {"subject": f"Re: [#{ticket.number}] Printer"},
        {"subject": f"#{ticket.number}"},
        {"X_Mainspring_Ticket": str(ticket.number)},
    ]
    for turn, headers in enumerate(unsigned):
        filed(mail(f"Sam <sam{turn}@rival.example>", text=f"Turn {turn}", **headers))
    assert not Message.objects.for_customer().filter(ticket=ticket).exists()


CAROL = "carol@acme.example"
HOSTILE_FROM = [
    f"{CAROL}, sam@rival.example",
    f"sam@rival.example, {CAROL}",
    f'"{CAROL}" <sam@rival.example>',
    f"{CAROL} <sam@rival.example>",
    f"<{CAROL}> <sam@rival.example>",
    f"<sam@rival.example> <{CAROL}>",
    f"sam@rival.example <{CAROL}",
    f"({CAROL}) sam@rival.example, x",
    f'"Carol <{CAROL}>" <sam@rival.example>',
    "=?utf-8?q?carol=40acme.example?= <sam@rival.example>",
    "=?utf-8?b?Y2Fyb2xAYWNtZS5leGFtcGxlIDx4QHkuZXhhbXBsZT4=?= <sam@rival.example>",
    f"=?utf-8?q?=22{CAROL}=22_=3C?= <sam@rival.example>",
    f"{CAROL}\x00@rival.example",
    f"{CAROL}\x0b<sam@rival.example>",
    "carol@аcme.example",
    "carol@acme.ехample",
    "carol@xn--cme-5cd.example",
    "сarol@acme.example",
    "carol@acme.example\u200b",
    "carol\u200d@acme.example",
    "carol@ａcme.example",
    f"group: {CAROL}, sam@rival.example;",
    f"group: {CAROL};, sam@rival.example",
    f'"a\\" <{CAROL}>" <sam@rival.example>',
    f"sam@rival.example (<{CAROL}>)",
    f"sam(comment)@rival.example, {CAROL}",
    f"@rival.example:{CAROL}, sam@rival.example",
    f"{CAROL}@rival.example",
    f'"{CAROL}"@rival.example',
    f"{CAROL};sam@rival.example",
    f"{CAROL} sam@rival.example",
    f"'{CAROL}' <sam@rival.example>",
    f"Carol\u202e <sam@rival.example> <{CAROL}>",
    f"<sam@rival.example>{CAROL}",
    f"sam@[127.0.0.1], {CAROL}",
    f"<<{CAROL}>>, <sam@rival.example>",
    f"mailto:{CAROL}, sam@rival.example",
    f"Carol < {CAROL} sam@rival.example >",
    f"{CAROL}\tsam@rival.example",
    f"sam@rival.example\r\nFrom: {CAROL}",
    f"{CAROL}\r\nFrom: sam@rival.example",
]


def test_forty_hostile_senders_are_what_is_shown_or_nobody(world: World, ticket: Ticket) -> None:
    """Case 15: the address that is matched is the one that is shown; where readers differ it is nobody's."""
    assert len(HOSTILE_FROM) >= 40
    before = Message.objects.for_customer().filter(ticket=ticket).count()
    for turn, sender in enumerate(HOSTILE_FROM):
        raw = f"From: {sender}\r\nSubject: [#{ticket.number}] x\r\n\r\nTurn {turn}\r\n".encode()
        read = ParsedMail.read(raw)
        received = filed(raw)
        if read.from_is_clear:
            assert read.from_ is not None
            assert read.from_.email.isascii()
            assert "@" not in read.from_.name or read.from_.email in read.from_.name
        else:
            assert received.state == "parked", sender
    assert Message.objects.for_customer().filter(ticket=ticket).count() == before


HOSTILE_NAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\Windows\\x.exe", "a/b/c.txt", "....//....//x",
    "\x00.txt",
    "a\x00b.pdf", "CON", "nul.txt", ".htaccess", ".bashrc", "-rf", "~/.ssh/id_rsa", "%2e%2e%2fetc", "a\r\nb.txt",
    "a\nContent-Type: text/html", "photo\u202egnp.exe", "\u202dabc.txt", "\u2066x\u2069.js", "\ufeffx.txt", "x" * 5_000,
    "x" * 300 + ".pdf", "", " ", ".", "..", "...", "/", "\\", "a:b", "a|b", "a?b*", "<script>.html", "\"'><img>.svg",
    "file.php.", "file.php ", "file.pht", "file.phar", "file.html.", "x.tar.gz\x00.exe", "=?utf-8?q?..=2F..=2Fx?=",
    "=?utf-8?b?Li4vLi4veA==?=", "שלום.pdf", "文件.txt", "a\u2028b.txt", "a\u2029b", "a\x7fb", "a\x85b",
    "aux", "com1.txt",
    "$(id).txt", "`id`.txt", "; rm -rf .txt", "&& x", "||x", "{{7*7}}.txt", "%00.txt", "file:///etc/passwd",
    "https://x.example/a.exe", "\\\\server\\share", "a/../../b",
]  # fmt: skip


def test_sixty_hostile_names_reach_no_path(world: World) -> None:
    """Case 30: what is on the disk is named by its content; what is shown is cleaned."""
    assert len(HOSTILE_NAMES) >= 60
    parts = "".join(
        "--b\r\nContent-Type: application/x\r\nContent-Disposition: attachment; "
        f"filename={json.dumps(name, ensure_ascii=False)}\r\n\r\nbytes {turn}\r\n"
        for turn, name in enumerate(HOSTILE_NAMES)
    )
    head = f"From: {CAROL}\r\nSubject: names\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    received = filed(f"{head}{parts}--b--\r\n".encode("utf-8", "surrogateescape"))
    assert received.state == "filed"
    names = list(StoredFile.objects.values_list("name", flat=True))
    assert len(names) >= 55
    for name in names:
        assert name.strip(". ")
        assert not set(name) & set("/\\\x00\r\n\u202e\u202d\u2066\u2069\u2028\u2029\ufeff\x7f\x85")
        assert len(name) <= 200
    for file in StoredFile.objects.all():
        assert file.path.parent.parent == root()
        assert file.path.name == file.sha256


def test_stored_files_are_in_no_folder_that_is_served(world: World, client: object) -> None:
    """Case 31: the store is outside what the web server serves; only the view that asks who looks gives it out."""
    from django.conf import settings

    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    assert not any(root().resolve().is_relative_to(folder.resolve()) for folder in served)
    kept = StoredFile.keep(b"<?php x", name="x.php")
    for path in (f"/files/{kept.sha256}", f"/static/{kept.sha256[:2]}/{kept.sha256}", f"/media/{kept.sha256}"):
        assert client.get(path).status_code == 404  # type: ignore[attr-defined]


def heavy(name: str) -> bytes:
    head = b"From: carol@acme.example\r\nSubject: heavy\r\n"
    html = head + b"Content-Type: text/html\r\n\r\n"
    if name == "25 MB":
        return head + b'Content-Type: application/x; name="a.bin"\r\n\r\n' + b"x" * (25 * 1024 * 1024)
    elif name == "links":
        return html + b'<a href="https://x.example/">x</a>' * 50_000
    elif name == "divs":
        return html + b"<div>" * 100_000
    else:
        return head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--"


@pytest.mark.parametrize("name", ["25 MB", "links", "divs", "parts"])
def test_a_heavy_mail_costs_little_and_is_kept(world: World, name: str) -> None:
    """Case 27: within 10 s and 300 MB, kept, and the rest of the queue goes on."""
    raw = heavy(name)
    began = time.process_time()
    received = receive(raw, source=Source.PIPE)
    after = receive(mail(text=f"after {name}"), source=Source.PIPE)
    run_everything()
    assert time.process_time() - began < 10
    received.refresh_from_db()
    after.refresh_from_db()
    assert received.state in ("filed", "failed")
    assert bytes(received.raw) == raw
    assert after.state == "filed"
    script = (
        "import re, sys\nfrom mainspring.inbox.parsing import ParsedMail, Unreadable\n"
        "try: ParsedMail.read(sys.stdin.buffer.read())\nexcept Unreadable: pass\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script], input=raw, capture_output=True, check=True, timeout=60)
    assert int(done.stdout) < 300


def nested(kind: str, levels: int) -> bytes:
    """A mail in a mail in a mail, each in a part of the one around it."""
    if kind == "message/rfc822":
        return b"From: carol@acme.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * levels + b"x\r\n"
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    closed = b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(levels)))
    return b"From: carol@acme.example\r\n" + opened + b"\r\nx" + closed


@pytest.mark.parametrize(("kind", "state"), [("multipart/mixed", "failed"), ("message/rfc822", "filed")])
def test_a_mail_two_thousand_levels_deep_takes_nobody_with_it(world: World, kind: str, state: str) -> None:
    """Case 28: what can't be read is set aside with its bytes and its reason, and the next mail is filed. A message
    in a message is a file to us, however deep: nothing is unfolded."""
    raw = nested(kind, 2_000)
    received, after = receive(raw, source=Source.PIPE), receive(mail(), source=Source.PIPE)
    began = time.process_time()
    run_everything()
    assert time.process_time() - began < 10
    for one in (received, after):
        one.refresh_from_db()
    assert received.state == state
    assert bytes(received.raw) == raw
    assert after.state == "filed"
    assert ("Unreadable" in received.error) == (state == "failed")
    shallow = receive(nested(kind, 5), source=Source.PIPE)
    run_everything()
    shallow.refresh_from_db()
    assert shallow.state == "filed"


def test_what_was_set_aside_can_be_filed_by_hand(world: World, as_person: Any) -> None:
    """Promise 2: seen on its page, and put into a ticket with the original as a file."""
    received = filed(nested("multipart/mixed", 2_000))
    client = as_person(world.fay)
    assert "could not be read" in client.get(f"/psa/mail/in/{received.pk}/").text
    assert client.post(f"/psa/mail/in/{received.pk}/open").status_code == 303
    assert StoredFile.objects.get().read() == bytes(received.raw)


def peak_memory() -> int:
    """The most memory this process has held since it was last forgotten, in bytes."""
    said = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()
    return int(said[0]) * 1024


def forget_peak() -> int:
    """Measure the peak anew from here (proc(5), clear_refs); what is held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_memory()


def zeros_of_ten_gigabytes() -> bytes:
    """A gzip file whose members unfold to 10 GB; 10 MB as it is."""
    return gzip.compress(b"\0" * 10_000_000) * 1_000


def zip_of_zips() -> bytes:
    """An archive of archives of archives, as 42.zip: each level holds sixteen of the one below it."""
    content, name = b"\0" * 1_000_000, "0.dll"
    for level in range(4):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(16):
                archive.writestr(f"{n}-{name}", content)
        content, name = made.getvalue(), f"lib{level}.zip"
    return content


def picture_of_many_points() -> bytes:
    """A whole PNG of 60,000 by 60,000 black points, 450 MB when unfolded."""
    row = b"\0" * (1 + 60_000 // 8)
    packer = zlib.compressobj(9)
    drawn = b"".join(packer.compress(row * 1_000) for _ in range(60)) + packer.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)), (b"IDAT", drawn), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


@pytest.mark.parametrize("bomb", [zeros_of_ten_gigabytes, zip_of_zips, picture_of_many_points])
def test_a_bomb_is_stored_and_never_unpacked(world: World, as_person: Any, bomb: Callable[[], bytes]) -> None:
    """Case 29: an archive is only bytes, a picture of too many points gets no small version, memory stays small."""
    content = bomb()
    part = (
        b"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(content)
    )
    head = b"From: carol@acme.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    client = as_person(world.fay)
    client.get("/psa/")
    raw = head + part + b"--b--\r\n"
    before, began = forget_peak(), time.process_time()
    received = filed(raw)
    assert received.state == "filed" and received.ticket is not None
    file = StoredFile.objects.get()
    attachment = Attachment.objects.get()
    shown = client.get(f"/psa/tickets/{received.ticket.number}/?tab=attachments")
    small = client.get(reverse("thumbnail", args=[received.ticket.number, attachment.pk]))
    assert (shown.status_code, small.status_code, file.is_picture, file.size) == (200, 404, False, len(content))
    assert file.read() == content
    assert time.process_time() - began < 10
    assert peak_memory() - before < 200_000_000, "It was unfolded."


def test_the_peak_would_show_an_unfolded_bomb() -> None:
    """The measure itself: 300 MB that are held for a moment are seen."""
    before = forget_peak()
    assert len(bytearray(300_000_000)) == 300_000_000
    assert peak_memory() - before > 200_000_000


def test_every_odd_mail_is_filed_or_set_aside_whole(world: World) -> None:
    """Case 32 and promise 2: none lost, no worker dies, each with its bytes."""
    odd = [
        path.read_bytes()
        for folder in ("odd", "replies", "bounces", "not_bounces")
        for path in (MAILS / folder).glob("*.eml")
    ]
    kept = {receive(raw, source=Source.PIPE).pk for raw in odd}
    run_everything()
    states = list(ReceivedMail.objects.filter(pk__in=kept).values_list("state", flat=True))
    assert len(odd) > 140
    assert set(states) <= {"filed", "parked", "failed"}
    assert len(states) == len(kept)


def reply_to_invite(content: bytes, partstat: str, sender: str = "Carol Mizrahi <carol@acme.example>") -> bytes:
    """What a calendar program answers (RFC 5546, 3.2.3)."""
    event = Calendar.from_ical(content).events[0]
    answer = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Another//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{event['uid']}\r\nSEQUENCE:{event['sequence']}\r\nDTSTAMP:20310101T000000Z\r\nDTSTART:20310506T140000Z\r\n"
        f"ATTENDEE;PARTSTAT={partstat}:mailto:carol@acme.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return (
        f"From: {sender}\r\nTo: desk@mainstreet.example\r\nSubject: Accepted\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAccepted\r\n"
        f'--b\r\nContent-Type: text/calendar; method=REPLY; charset="utf-8"\r\n\r\n{answer}\r\n--b--\r\n'
    ).encode()


def test_a_calendars_answer_stands_in_the_story_and_stirs_nothing(world: World, ticket: Ticket) -> None:
    from django.utils import timezone

    invitation = invite(ticket, world.carol, at=timezone.now(), sequence=0).content
    before, out = status(ticket), mails_out()
    received = filed(reply_to_invite(invitation, "DECLINED"))
    assert (received.why["rule"], received.ticket) == ("is_calendar_reply", ticket)
    assert Event.objects.get(kind="ticket.date_answered", stream=f"ticket:{ticket.pk}").data["answer"] == "declined"
    assert (status(ticket), mails_out(), ticket.messages.count()) == (before, out, 0)
    stranger = filed(reply_to_invite(invitation, "ACCEPTED", "Sam <sam@rival.example>"))
    forged = filed(reply_to_invite(invitation.replace(f"ticket-{ticket.pk}-".encode(), b"ticket-9-"), "ACCEPTED"))
    assert stranger.state == "parked"
    assert forged.why["rule"] != "is_calendar_reply"


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: x@y.example", "\nATTENDEE:mailto:x@y.example", "\u2028X:y", '";CN=x:mailto:x@y']
)
def test_no_name_or_subject_adds_a_line_to_the_invite(world: World, ticket: Ticket, evil: str) -> None:
    """Case 36: the invite has its own lines, and one attendee."""
    from django.utils import timezone

    ticket.subject = f"Printer{evil}"
    world.carol.name = f"Carol{evil}"
    content = invite(ticket, world.carol, at=timezone.now(), sequence=0).content
    event = Calendar.from_ical(content).events[0]
    lines = {line.partition(b":")[0].partition(b";")[0] for line in content.replace(b"\r\n ", b"").splitlines()}
    assert lines == {
        b"BEGIN", b"VERSION", b"PRODID", b"METHOD", b"SUMMARY", b"DTSTART", b"DTEND", b"DTSTAMP", b"UID", b"SEQUENCE",
        b"ATTENDEE", b"LOCATION", b"ORGANIZER", b"STATUS", b"END",
    }  # fmt: skip
    assert str(event["attendee"]) == "mailto:carol@acme.example"
    assert content.count(b"DTSTART:") == 1


def test_customers_mails_are_capped_by_hour(world: World) -> None:
    """Promise 6: whatever peer it is, three automatic mails an hour at most."""
    for turn in range(6):
        filed(mail("Peer <peer@desk.example>", f"Case {turn}", text=f"{turn}"))
    assert to_customers().to_address("peer@desk.example").exclude(state="held").count() <= 3


def test_reading_never_raises_but_to_set_aside() -> None:
    for raw in (b"", b"\0" * 1000, b"From: " * 10_000, io.BytesIO(b"\xff" * 5000).getvalue()):
        try:
            ParsedMail.read(raw)
        except Unreadable:
            continue


def test_signed_addresses_can_not_be_guessed(world: World, ticket: Ticket) -> None:
    """Case 5: 100 bits stand between a number and its address."""
    from mainspring.outbox.seals import Seal, seal_of_address

    address = reply_address("desk@mainstreet.example", Seal(f"ticket:{ticket.pk}", f"contact:{world.carol.pk}"))
    tag = address.partition("@")[0].rpartition(".")[2]
    assert len(tag) == 20
    flipped = [address.replace(tag, tag[:n] + ("a" if tag[n] != "a" else "b") + tag[n + 1 :]) for n in range(20)]
    assert [seal_of_address(one) for one in flipped] == [None] * 20

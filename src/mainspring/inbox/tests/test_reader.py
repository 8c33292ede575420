"""Reading a real IMAP server."""

import imaplib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dovecot import PROGRAM, Dovecot, dovecot
from mainspring.core.health import findings
from mainspring.core.models import Shop
from mainspring.inbox.models import LeftMail, Mailbox, ReceivedMail
from mainspring.inbox.reader import read_mailboxes, read_once
from smtp_double import free_port
from world import World

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not Path(PROGRAM).exists(), reason="apt-get install dovecot-imapd"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    """The server of the tests is on this machine."""
    settings.ALLOW_PRIVATE = True


def mail(number: int, subject: str = "Hello") -> bytes:
    return (
        f"From: c{number}@acme.example\r\nTo: desk@mainstreet.example\r\nSubject: {subject} {number}\r\n"
        f"Message-ID: <{number}.{subject}@acme.example>\r\n\r\nText {number}\r\n"
    ).encode()


def mailbox(server: Dovecot, user: str, **more: Any) -> Mailbox:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none", "login": user, **more}
    password = values.pop("password", server.password)
    return Mailbox.add(by=None, password=password, address=f"{user}@mainstreet.example", **values)


@pytest.mark.django_db
def test_what_is_unread_is_taken_once_and_flagged_afterwards(server: Dovecot) -> None:
    box = mailbox(server, "once")
    for number in range(5):
        server.deliver(mail(number), "once")
    assert read_once(box) == 5
    assert server.unread("once") == 0
    server.deliver(mail(5), "once")
    assert read_once(box) == 1
    assert read_once(box) == 0
    assert ReceivedMail.objects.count() == 6
    assert bytes(ReceivedMail.objects.latest("id").raw) == mail(5)


@pytest.mark.django_db
def test_a_crash_between_commit_and_flag_doubles_nothing(server: Dovecot) -> None:
    box = mailbox(server, "crash")
    for number in range(3):
        server.deliver(mail(number), "crash")
    read_once(box)
    Mailbox.objects.filter(pk=box.pk).update(last_uid=0)
    assert read_once(Mailbox.objects.get(pk=box.pk)) == 3
    assert ReceivedMail.objects.count() == 3


@pytest.mark.django_db
def test_a_folder_made_anew_is_read_again_and_doubles_nothing(server: Dovecot) -> None:
    box = mailbox(server, "anew")
    server.deliver(mail(1), "anew")
    read_once(box)
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=1, last_uid=900)
    server.deliver(mail(1), "anew")
    server.deliver(mail(2), "anew")
    assert read_once(Mailbox.objects.get(pk=box.pk)) == 2
    assert ReceivedMail.objects.count() == 2


@pytest.mark.django_db
def test_mail_that_others_have_read_is_taken_all_the_same(server: Dovecot) -> None:
    box = mailbox(server, "others")
    server.deliver(mail(1), "others")
    read_once(box)
    server.deliver(mail(2), "others")
    with imaplib.IMAP4("127.0.0.1", server.port) as phone:
        phone.login("others", server.password)
        phone.select("INBOX")
        phone.fetch("1:*", "(RFC822)")
    assert read_once(box) == 1


@pytest.mark.django_db
def test_old_mail_that_was_read_before_we_came_is_left_alone(server: Dovecot) -> None:
    for number in range(3):
        server.deliver(mail(number), "old")
    with imaplib.IMAP4("127.0.0.1", server.port) as phone:
        phone.login("old", server.password)
        phone.select("INBOX")
        phone.fetch("2:3", "(RFC822)")
    box = mailbox(server, "old")
    assert read_once(box) == 1
    assert read_once(box) == 0


@pytest.mark.django_db
def test_read_mail_moves_where_it_was_asked_to(server: Dovecot) -> None:
    box = mailbox(server, "moves", done_folder="Done")
    server.deliver(mail(1), "moves")
    with imaplib.IMAP4("127.0.0.1", server.port) as phone:
        phone.login("moves", server.password)
        phone.create("Done")
    assert read_once(box) == 1
    with imaplib.IMAP4("127.0.0.1", server.port) as phone:
        phone.login("moves", server.password)
        assert phone.select("Done")[1] == [b"1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "refused the user name or password"),
        ({"folder": "Nowhere"}, "no folder"),
        ({"port": 1}, "refuses connections"),
        ({"host": "mail.invalid"}, "no server called"),
        ({"security": "tls"}, "TLS"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(server: Dovecot, wrong: dict[str, Any], said: str) -> None:
    box = mailbox(server, f"wrong-{next(iter(wrong))}", **wrong)
    assert read_once(box) is None
    box.refresh_from_db()
    assert box.state == "broken"
    assert said in box.last_error


@pytest.mark.django_db(transaction=True)
def test_the_reader_hears_of_new_mail_at_once_and_outlives_a_server_that_goes_away() -> None:
    Shop.objects.create(pk=1, name="Main Street Repairs")
    stopping = threading.Event()
    with dovecot() as server:
        gone = mailbox(server, "gone", port=free_port())
        box = mailbox(server, "live")
        reader = threading.Thread(target=read_mailboxes, args=(stopping,))
        reader.start()
        try:
            wait_until(lambda: Mailbox.objects.get(pk=box.pk).state == "fine")
            server.deliver(mail(1), "live")
            began = time.monotonic()
            wait_until(lambda: ReceivedMail.objects.exists())
            assert time.monotonic() - began < 5
            wait_until(lambda: Mailbox.objects.get(pk=gone.pk).state == "broken")
        finally:
            stopping.set()
            reader.join(15)
    assert not reader.is_alive()


def wait_until(true: Any, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.django_db
def test_a_mail_too_large_to_take_is_named_until_somebody_dealt_with_it(
    server: Dovecot, world: World, as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays on its server, unread; the page of mail in and the health name it, once, with the mend."""
    monkeypatch.setattr("mainspring.inbox.reader.LARGEST", 5_000)
    box = mailbox(server, "large")
    server.deliver(mail(1), "large")
    server.deliver(mail(2) + b"x" * 6_000, "large")
    server.deliver(mail(3), "large")
    assert read_once(box) == 2
    box.refresh_from_db()
    Mailbox.objects.update(uid_validity=0, last_uid=0)
    assert read_once(Mailbox.objects.get()) == 0
    assert server.unread("large") == 1
    left = LeftMail.objects.get()
    assert (left.sender, left.subject, left.size > 6_000) == ("c2@acme.example", "Hello 2", True)
    client = as_person(world.fay)
    assert "c2@acme.example" in client.get("/psa/mail/in/").text
    assert any("too large" in str(one.says) and one.mend for one in findings())
    assert client.post(f"/psa/mail/in/left/{left.pk}/settle").status_code == 303
    assert "c2@acme.example" not in client.get("/psa/mail/in/").text
    assert not any("too large" in str(one.says) for one in findings())

"""The settings of mailboxes, and where they may lead."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dovecot import PROGRAM, Dovecot, dovecot
from mainspring.core.network import Inside, connect
from mainspring.events.models import Event
from mainspring.inbox.models import Mailbox
from world import World

LIST, ADD, TRY = "/psa/settings/mailboxes/", "/psa/settings/mailboxes/add", "/psa/settings/mailboxes/try"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def typed(**more: Any) -> dict[str, Any]:
    values = {
        "address": "desk@mainstreet.example", "host": "imap.mainstreet.example", "port": 993, "security": "tls",
        "login": "desk", "password": "right-password", "folder": "INBOX", "done_folder": "", "is_enabled": "on",
    }  # fmt: skip
    return {**values, **more}


def kept(**more: Any) -> Mailbox:
    fields = {"address": "desk@mainstreet.example", "host": "imap.mainstreet.example", "login": "desk", **more}
    return Mailbox.add(by=None, password="right-password", **fields)


def test_a_mailbox_is_added_changed_and_removed(world: World, as_person: Any) -> None:
    client: Client = as_person(world.max)
    assert client.post(ADD, typed()).status_code == 303
    mailbox = Mailbox.objects.get()
    assert (mailbox.password, mailbox.is_enabled, mailbox.takes_tags) == ("right-password", True, False)
    assert "desk@mainstreet.example" in client.get(LIST).text
    assert client.post(f"{LIST}{mailbox.pk}/", typed(folder="Support", password="")).status_code == 303
    mailbox.refresh_from_db()
    assert (mailbox.folder, mailbox.password) == ("Support", "right-password")
    assert client.post(f"{LIST}{mailbox.pk}/remove").status_code == 303
    assert not Mailbox.objects.exists()
    assert [event.kind for event in Event.objects.filter(kind__startswith="mailbox.").order_by("id")] == [
        "mailbox.added", "mailbox.changed", "mailbox.removed",
    ]  # fmt: skip


def test_the_password_is_never_shown_again(world: World, as_person: Any) -> None:
    client, mailbox = as_person(world.max), kept()
    pages = [client.get(LIST), client.get(f"{LIST}{mailbox.pk}/"), client.post(f"{LIST}{mailbox.pk}/", typed(host=""))]
    assert all("right-password" not in shown.text for shown in pages)
    client.post(f"{LIST}{mailbox.pk}/", typed(password="another-password"))
    assert "another-password" not in "".join(str(event.data) for event in Event.objects.all())


@pytest.mark.parametrize("change", [{"host": "thief.example"}, {"login": "x"}, {"port": 143, "security": "none"}])
def test_a_kept_password_goes_nowhere_else(world: World, as_person: Any, change: dict[str, Any]) -> None:
    """Case 33: the place of a kept secret can't be changed without knowing the secret, not even to try it."""
    client, mailbox = as_person(world.max), kept()
    for way in ("", "try"):
        answer = client.post(f"{LIST}{mailbox.pk}/{way}", typed(password="", **change))
        assert "Enter the password again" in answer.text
    mailbox.refresh_from_db()
    assert (mailbox.host, mailbox.login, mailbox.port) == ("imap.mainstreet.example", "desk", 993)


def test_a_broken_mailbox_says_since_when_and_why(world: World, as_person: Any) -> None:
    mailbox = kept()
    mailbox.failed("The server refused the user name or password.")
    client = as_person(world.max)
    for path in (LIST, f"{LIST}{mailbox.pk}/"):
        assert "refused the user name or password" in client.get(path).text
    assert "ailing since" in client.get(f"{LIST}{mailbox.pk}/").text


def test_only_managers_see_the_mailboxes(world: World, as_person: Any, client: Client) -> None:
    mailbox = kept()
    assert client.get(LIST).status_code == 302
    for person in (world.tess, world.fay, world.bill):
        assert as_person(person).get(LIST).status_code == 403
        assert as_person(person).post(f"{LIST}{mailbox.pk}/try", typed()).status_code == 403
    assert as_person(world.ada).get(f"{LIST}{mailbox.pk}/remove").status_code == 405


INSIDE = [
    "127.0.0.1", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2130706433", "0x7f000001", "127.1", "017700000001", "224.0.0.1", "255.255.255.255",
    "198.18.0.1", "192.0.2.1", "240.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_no_way_leads_into_a_private_network(world: World, as_person: Any, monkeypatch: Any, host: str) -> None:
    """Case 33, the IMAP part: no connection is even begun, and the answer says what to do."""
    begun: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: begun.append(address))
    answer = as_person(world.max).post(TRY, typed(host=host))
    assert begun == []
    assert "private network" in answer.text or "no server called" in answer.text


def test_a_name_that_points_inside_is_refused_and_looked_up_once(monkeypatch: Any) -> None:
    """Case 33: an address that was checked is the one that is used; a second lookup could differ (rebinding)."""
    asked: list[str] = []

    def rebinding(host: str, port: int, **_how: Any) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    used: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: used.append(address))
    connect("mail.example", 993, timeout=1).close()
    assert (asked, used) == (["mail.example"], [("8.8.8.8", 993)])
    with pytest.raises(Inside):
        connect("mail.example", 993, timeout=1)


def test_an_allowed_installation_still_reaches_no_metadata_service(settings: Any) -> None:
    settings.ALLOW_PRIVATE = True
    for address in ("169.254.169.254", "fe80::1", "::ffff:169.254.169.254"):
        with pytest.raises(Inside):
            connect(address, 80, timeout=1)


@pytest.mark.server
@pytest.mark.skipif(not Path(PROGRAM).exists(), reason="apt-get install dovecot-imapd")
def test_trying_a_mailbox_says_that_it_works_or_what_to_mend(
    world: World, as_person: Any, settings: Any, server: Dovecot
) -> None:
    settings.ALLOW_PRIVATE = True
    client = as_person(world.max)
    server.deliver(b"From: a@b.example\r\n\r\nHello\r\n", "tried")
    here = {"host": "127.0.0.1", "port": server.port, "security": "none", "login": "tried"}
    assert "It works: 1 mail" in client.post(TRY, typed(**here)).text
    assert "no folder “Done”" in client.post(TRY, typed(**here, done_folder="Done")).text
    assert "refused the user name or password" in client.post(TRY, typed(**{**here, "password": "wrong"})).text
    assert "does not speak TLS" in client.post(TRY, typed(**{**here, "security": "tls"})).text
    assert "does not speak TLS" in client.post(TRY, typed(**{**here, "security": "starttls"})).text
    assert "refuses connections" in client.post(TRY, typed(**{**here, "port": 1})).text
    part = client.post(TRY, typed(**here), headers={"HX-Request": "true"}).text
    assert "It works" in part
    assert "<html" not in part
    assert not Mailbox.objects.exists()
    assert server.unread("tried") == 1

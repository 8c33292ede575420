"""No secret is anywhere but in its lock: canaries, searched for in all that a thief, a mail, a page, a log could have.

RELIABILITY 72, P15. Sixty credentials of five canaries each in the suite; `VAULT_CANARIES=1000` for the full run.
"""

import base64
import logging
import os
import secrets
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.tickets.models import Ticket
from mainspring.vault import desk
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, HandIn, Share
from mainspring.vault.rotation import rotate
from world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
MANY = int(os.environ.get("VAULT_CANARIES", "60"))
MARK = f"canary{secrets.token_hex(4)}"
SPOKEN = f"spoken{secrets.token_hex(4)}"
"""What is no secret, and must be found: the search looks where things are."""


def canary() -> str:
    return f"{MARK}-{secrets.token_hex(6)}"


def forms_of(mark: str) -> list[bytes]:
    """As it stands, as hex, and the part of its base64 that is the same wherever it begins."""
    raw = mark.encode()
    coded = [base64.b64encode(b"." * shift + raw)[4:-4] for shift in range(3)]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), raw[::-1], *coded]


def is_in(mark: str, data: bytes) -> bool:
    return any(form in data for form in forms_of(mark))


def tables() -> Iterator[tuple[str, bytes]]:
    """Every cell of every table, as a dump has it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, b"\0".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)


def disk() -> Iterator[tuple[str, bytes]]:
    """The files of the database itself, with its write-ahead log."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files = [Path(name), Path(f"{name}-wal")]
    else:
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            files = [*(folder / f"base/{cursor.fetchone()[0]}").iterdir(), *(folder / "pg_wal").glob("0*")]
    for file in files:
        if file.is_file():
            yield file.name, file.read_bytes()


def live(world: World, desk: Client) -> Ticket:
    """A day of the vault, by verbs and by HTTP: kept, looked at, shared, handed in, changed, removed, rotated."""
    ticket = Ticket.objects.open(SPOKEN, by=world.fay, contact=world.carol)
    kept = []
    for number in range(MANY):
        whole = Contents(
            secret=canary(), totp=canary(), notes=canary(), file=canary().encode(), file_name="f", user=f"u{number}"
        )
        home = (ticket, world.carol, world.acme, world.printer)[number % 4]
        kept.append(Credential.objects.keep(home, whole, kind="free", name=f"Nr {number}", by=world.tess))
    for one in kept[:8]:
        desk.post(f"/psa/vault/{one.pk}/reveal", {"part": "secret", "reason": "A look", "ticket": ticket.number})
        one.amend(by=world.tess, secret=canary())
    share, code = Share.objects.make(kept[8], by=world.tess, reason="–", lasts=timedelta(days=1), with_notes=True)
    Share.objects.make(kept[9], by=world.tess, reason="–", lasts=timedelta(days=1), with_notes=True)
    assert MARK in Client().post(f"/s/{share.handle}", {"code": code}).content.decode()
    desk.post(f"/psa/vault/{kept[10].pk}/share", {"reason": "r", "lasts": 3600, "mailed": "on"})
    _asked, token = HandIn.objects.make(ticket, kind="free", name="It", says="", contact=world.carol, by=world.tess)
    Client().post(f"/h/{token}", {"secret": canary(), "notes": canary()})
    upload = SimpleUploadedFile("key.pem", canary().encode())
    typed = {"kind": "free", "name": "By hand", "secret": canary(), "notes": canary(), "file": upload}
    desk.post(f"/psa/vault/new/ticket/{ticket.number}", typed)
    desk.post("/psa/tickets/new", {"contact": world.carol.pk, "subject": "x", "priority": "2", "passcode": canary()})
    kept[11].remove(by=world.tess)
    rotate()
    ticket.close(by=world.tess)
    Worker().run_all()
    return ticket


def pages(ticket: Ticket, world: World, desk: Client) -> Iterator[tuple[str, bytes]]:
    one = Credential.objects.standing().order_by("pk")[0]
    for address in (
        f"/psa/tickets/{ticket.number}/?tab=credentials",
        f"/psa/tickets/{ticket.number}/?tab=timeline",
        f"/psa/customers/businesses/{world.acme.pk}/",
        f"/psa/customers/{world.carol.pk}/",
        f"/psa/vault/{one.pk}/",
        f"/psa/vault/{one.pk}/edit",
        "/psa/vault/due",
        "/psa/audit/",
        "/psa/mail/",
        f"/psa/palette?q={MARK}",
        "/psa/palette?q=Nr",
        "/psa/tickets/tickets.csv",
    ):
        answer = desk.get(address)
        assert answer.status_code == 200, address
        yield address, b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def test_nothing_but_the_lock_has_the_secrets(
    settings: LazySettings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    caplog.set_level(logging.DEBUG)
    world = build_world()
    desk = Client()
    desk.force_login(world.ada)
    ticket = live(world, desk)
    shown = list(pages(ticket, world, desk))
    stored = [(str(file), file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file()]
    places = [*tables(), *disk(), *shown, ("log", caplog.text.encode()), *stored]
    found = sorted({name for name, data in places if is_in(MARK, data)})
    assert found == []
    assert {name for name, data in places if is_in(SPOKEN, data)} >= {"tickets_ticket"}
    assert any(is_in(SPOKEN, data) for _name, data in disk()) and any(is_in(SPOKEN, data) for _name, data in shown)
    assert all(MARK in one._open().secret for one in Credential.objects.standing() if one.name.startswith("Nr"))
    assert Event.objects.filter(kind="credential.shown").count() == 8
    print(f"{5 * MANY} canaries in {MANY} credentials, {len(places)} places on {connection.vendor}: 0 found")


def test_a_crash_report_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it breaks, the report for the developers has our lines and nothing of what was in them."""
    world, reports = build_world(), []

    def report(sender: Any, request: HttpRequest, **_more: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    @sensitive_variables()
    def breaks(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("It broke.")

    client = Client(raise_request_exception=False)
    client.force_login(world.ada)
    secret = canary()
    kept = Credential.objects.keep(world.carol, Contents(secret=secret, notes=secret), kind="free", name="N", by=None)
    got_request_exception.connect(report)
    try:
        with monkeypatch.context() as broken:
            broken.setattr(desk, "_shown", breaks)
            assert client.post(f"/psa/vault/{kept.pk}/reveal", {"part": "secret", "reason": "r"}).status_code == 500
        for place in ("mainspring.vault.envelope.lock", "mainspring.vault.models.credential.Credential.save"):
            with monkeypatch.context() as broken:
                broken.setattr(place, breaks)
                typed = {"kind": "free", "name": "N", "secret": secret, "notes": secret}
                assert client.post(f"/psa/vault/new/contact/{world.carol.pk}", typed).status_code == 500
                assert client.post(f"/psa/vault/{kept.pk}/edit", typed | {"secret": canary()}).status_code == 500
    finally:
        got_request_exception.disconnect(report)
    assert len(reports) == 5 and all("It broke." in one for one in reports)
    assert [one[max(0, one.index(MARK) - 300) : one.index(MARK)] for one in reports if MARK in one] == []

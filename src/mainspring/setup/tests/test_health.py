"""`mainspring check` and the health page tell the truth: each fault is named, and gone when it is mended."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from mainspring.accounts.models import Person, Role
from mainspring.core import health
from mainspring.core.health import Finding, Level, findings, looks_at
from mainspring.core.models import Shop
from mainspring.events.chain import seal
from mainspring.events.models import Pulse, TaskRow
from mainspring.events.tasks import LONG
from mainspring.inbox.models import Mailbox, Source
from mainspring.inbox.models.received import receive
from mainspring.outbox.models import OutgoingMail
from smtp_double import smtp_double
from world import World

pytestmark = pytest.mark.django_db


def worst(topic: str) -> Level:
    return max(one.level for one in findings() if str(one.topic) == topic)


def test_a_live_shop_is_fine(world: World, settings: LazySettings) -> None:
    seal()  # as it does every few seconds; what waits for it bears the mark of the key from before
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://desk.example", ["desk.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
    Pulse.beat("worker")
    with smtp_double() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        found = findings()
    topics = {str(one.topic): one.level for one in found if one.level == Level.BROKEN}
    assert topics == {}


def test_a_task_that_waits_is_named_until_it_ran(world: World) -> None:
    TaskRow.objects.update(state=TaskRow.State.DONE, finished_at=timezone.now())
    Pulse.beat("worker")
    late = TaskRow.objects.create(name="chore", run_after=timezone.now() - timedelta(minutes=6))
    assert worst("Background tasks") == Level.BROKEN
    late.delete()
    assert worst("Background tasks") == Level.FINE


def test_a_mail_that_does_not_leave_is_named(world: World, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    OutgoingMail.objects.post(
        key="late",
        kind="note",
        to=[("Carol", "carol@acme.example")],
        subject="Hello",
        text="…",
        not_before=timezone.now() - timedelta(minutes=11),
    )
    with smtp_double() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert worst("Mail out") == Level.BROKEN
        OutgoingMail.objects.update(state=OutgoingMail.State.SENT)
        assert worst("Mail out") == Level.FINE


def test_a_mailbox_that_cannot_be_read_is_named_with_the_reason(world: World) -> None:
    told = {"address": "desk@mainstreet.example", "host": "127.0.0.1", "login": "desk"}
    mailbox = Mailbox.add(by=world.max, password="secret", **told)
    mailbox.failed("The password is wrong.")
    assert any("The password is wrong." in str(one.says) for one in findings())


@pytest.mark.parametrize(
    ("address", "website", "is_warned"),
    [
        ("desk@mainstreet.example", "", True),
        ("desk@help.mainstreet.example", "", False),
        ("desk@mainstreet-repairs.example", "https://www.mainstreet-repairs.example/shop", True),
        ("mainstreet@gmail.com", "", False),
    ],
)
def test_an_inbound_address_on_the_main_domain_is_warned_of(
    world: World, address: str, website: str, is_warned: bool
) -> None:
    """Case 6: whoever reads the tickets would get the codes of services that trust the company's domain."""
    Shop.objects.update(website=website)
    Person.objects.invite(email="ned@gmail.com", name="Ned", role=Role.TECHNICIAN, by=None)
    Mailbox.add(by=world.max, password="secret", address=address, host="127.0.0.1", login="desk")
    warned = [one for one in findings() if "main domain" in str(one.says)]
    assert [address in str(one.says) and bool(one.mend) for one in warned] == [True] * is_warned
    printed = StringIO()
    with suppress(CommandError):
        call_command("check", stdout=printed)
    assert ("main domain" in printed.getvalue()) == is_warned


def test_the_shops_own_address_is_inbound_once_a_mail_server_has_handed_us_mail(world: World) -> None:
    assert not any("main domain" in str(one.says) for one in findings())
    receive(b"From: carol@acme.example\r\n\r\nHello\r\n", source=Source.PIPE)
    assert any("main domain" in str(one.says) for one in findings())


@pytest.mark.parametrize(
    ("base", "hosts", "level"),
    [
        ("http://localhost:8000", [], Level.WARNING),
        ("http://desk.example", ["desk.example"], Level.BROKEN),
        ("https://desk.example", ["other.example"], Level.BROKEN),
        ("https://desk.example", ["desk.example"], Level.FINE),
    ],
)
def test_the_address_is_judged(world: World, settings: LazySettings, base: str, hosts: list[str], level: Level) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = base, hosts
    assert worst("Address") == level


def test_a_key_that_others_can_read_is_named(world: World, settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA, settings.SECRET_KEY = tmp_path, "x" * 50
    key = tmp_path / "secret_key"
    key.touch(mode=0o644)
    assert worst("Keys") == Level.BROKEN
    key.chmod(0o600)
    assert worst("Keys") == Level.FINE


def test_what_cannot_be_looked_at_is_broken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_looks", [])

    @looks_at("Moon", order=1)
    def moon() -> list[Finding]:
        raise OSError("no telescope")

    assert [(one.level, "no telescope" in str(one.says)) for one in findings()] == [(Level.BROKEN, True)]


def test_the_command_says_it_with_the_mend_and_fails_when_something_is_broken(world: World) -> None:
    Shop.objects.update(email="")
    said = StringIO()
    TaskRow.objects.create(name="chore", run_after=timezone.now() - timedelta(hours=1))
    with pytest.raises(CommandError, match="broken"):
        call_command("check", stdout=said)
    assert "has no mail address" in said.getvalue() and "→ Fill it in" in said.getvalue()


def test_a_dead_task_is_shown_and_run_again_by_hand(world: World, as_person: Any) -> None:
    task = TaskRow.objects.create(
        name="chore", state=TaskRow.State.DEAD, finished_at=timezone.now(), error="ZeroDivisionError"
    )
    client = as_person(world.max)
    assert "ZeroDivisionError" in client.get("/psa/health/").content.decode()
    assert client.post(f"/psa/health/tasks/{task.pk}/replay").status_code == 303
    task.refresh_from_db()
    assert task.state == TaskRow.State.WAITING


def test_the_command_says_one_thing_of_an_empty_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _self: {})
    assert said_of_a_broken_database().count("→") == 1


def test_the_command_says_one_thing_of_a_database_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("mainspring.setup.health.MigrationExecutor", refused)
    assert "can't be reached: connection refused" in said_of_a_broken_database()


def said_of_a_broken_database() -> str:
    said = StringIO()
    with pytest.raises(CommandError, match=r"^1 broken\.$"):
        call_command("check", stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    ("priority", "waits", "level"),
    [
        (0, timedelta(minutes=6), Level.BROKEN),
        (0, timedelta(minutes=4), Level.FINE),
        (LONG, timedelta(minutes=6), Level.FINE),
        (LONG, timedelta(hours=4), Level.BROKEN),
    ],
)
def test_a_task_that_waits_too_long_is_red(db: None, priority: int, waits: timedelta, level: Level) -> None:
    Pulse.beat("worker")
    TaskRow.objects.create(name="chore", priority=priority, run_after=timezone.now() - waits)
    assert worst("Background tasks") == level


@pytest.mark.parametrize(("is_busy", "mend"), [(True, "just now it is make"), (False, "Nobody works on them")])
def test_it_is_said_whether_anybody_works(db: None, is_busy: bool, mend: str) -> None:
    now = timezone.now()
    TaskRow.objects.create(name="chore", run_after=now - timedelta(hours=1))
    if is_busy:
        TaskRow.objects.create(name="tasks.make", state=TaskRow.State.RUNNING, leased_until=now + timedelta(minutes=1))
    assert any(mend in str(one.mend) for one in findings() if one.topic == "Background tasks")

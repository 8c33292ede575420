"""A backup from its beginning to its proof: made while others write, kept, fetched, restored, compared, worked with."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from mainspring.backups.archive import unpack
from mainspring.backups.drilling import drill
from mainspring.backups.engines import engine
from mainspring.backups.events import DRILL_FAILED
from mainspring.backups.keeping import back_up, thin_out
from mainspring.backups.manifest import differing
from mainspring.backups.models import Backup, Plan, name_of
from mainspring.backups.restoring import forget_unfinished
from mainspring.backups.starting import is_setting
from mainspring.backups.tasks import back_up_when_due, make
from mainspring.billing.papers import pdf_of
from mainspring.config import settings as module
from mainspring.core.health import Level, findings
from mainspring.core.models import Shop
from mainspring.events.models import Event, TaskRow
from mainspring.events.worker import Worker
from mainspring.files.models import StoredFile
from mainspring.notifications.reactions.backups import warn_of_a_failed_backup
from mainspring.outbox.models import OutgoingMail
from scene import build_scene
from world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(world: World, settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    """The shop's data in a folder of their own."""
    settings.DATA = tmp_path / "data"
    kept: Any = settings.STORAGES
    settings.STORAGES = {**kept, "default": {**kept["default"], "OPTIONS": {"location": settings.DATA / "files"}}}
    settings.DATA.mkdir()
    yield settings.DATA


def made() -> Backup:
    backup = Backup.objects.create(name=name_of(Plan.get(), timezone.now()))
    back_up(backup, Plan.get())
    backup.refresh_from_db()
    return backup


def broken(topic: str = "Backups") -> list[str]:
    return [str(one.says) for one in findings() if str(one.topic) == topic and one.level == Level.BROKEN]


def test_a_backup_is_made_by_a_click_restored_into_an_empty_place_and_compared(
    house: Path, world: World, as_person: Any
) -> None:
    """P17: tables, files, one sign-in, one paper; the result stands on the pages of backups and of health."""
    pdf_of(build_scene(world).own.invoice)
    Backup.objects.all().delete()
    StoredFile.keep(b"a note", name="note.txt")
    client = as_person(world.max)
    assert "No backup yet" in client.get("/psa/settings/backups/").content.decode()
    assert client.post("/psa/settings/backups/make").status_code == 303
    Worker().run_all()
    backup = Backup.objects.get()
    proofs = {proof["name"]: proof["says"] for proof in backup.proofs}
    assert backup.drill == Backup.Drill.PASSED, backup.proofs
    assert {"The archive", "Files", "Tables", "Signing in", "Files of the rows", "Printing an invoice"} <= proofs.keys()
    assert "was opened" in proofs["Opening a credential"]
    assert "Ada Levi signed in" in proofs["Signing in"] and "was printed" in proofs["Printing an invoice"]
    assert broken() == []
    assert not list(house.glob("backup-room-*")), "nothing of the copy stays"
    world.ada.refresh_from_db()
    assert world.ada.check_password(PASSWORD), "the drill set a password on the copy alone"
    assert "restored, everything the same" in client.get("/psa/settings/backups/").content.decode()
    assert "signed in and saw a page" in client.get(f"/psa/settings/backups/{backup.pk}/").content.decode()


def test_a_drill_that_fails_is_red_and_mailed(house: Path, world: World) -> None:
    """A file whose bytes were gone when the backup was made: nobody would have seen it before he needed it."""
    StoredFile.keep(b"a note", name="note.txt").path.unlink()
    backup = made()
    drill(backup, Plan.get())
    backup.refresh_from_db()
    wrong = {proof["name"] for proof in backup.proofs if not proof["works"]}
    assert backup.drill == Backup.Drill.FAILED and wrong == {"Files of the rows"}
    assert any("could not be restored" in says and "note.txt" in says for says in broken())
    warn_of_a_failed_backup(Event.objects.get(kind=DRILL_FAILED.name))
    mail = OutgoingMail.objects.get(kind="backup_failed")
    assert mail.address == "ada@mainstreet.example" and "note.txt" in mail.text


def test_an_archive_that_rots_in_its_place_is_found(house: Path) -> None:
    backup = made()
    kept = house / "backups" / backup.name
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    drill(backup, Plan.get())
    backup.refresh_from_db()
    assert backup.drill == Backup.Drill.FAILED
    assert "Other bytes" in backup.proofs[0]["says"] and "damaged" in backup.proofs[1]["says"]


@pytest.mark.django_db
def test_where_there_is_no_shop_nothing_is_kept() -> None:
    back_up_when_due.func()
    assert not Backup.objects.exists()


def test_it_is_made_once_a_day_and_after_a_failure_an_hour_later(house: Path, settings: LazySettings) -> None:
    back_up_when_due.func()
    back_up_when_due.func()
    backup = Backup.objects.get()
    settings.DATA.joinpath("backups").write_text("a file where the folder should be")
    make.func(backup.pk)
    backup.refresh_from_db()
    assert backup.state == Backup.State.FAILED and "backups" in backup.error
    back_up_when_due.func()
    assert Backup.objects.count() == 1
    Backup.objects.update(finished_at=timezone.now() - timedelta(minutes=61))
    settings.DATA.joinpath("backups").unlink()
    back_up_when_due.func()
    assert Backup.objects.count() == 2
    make.func(Backup.objects.latest_first()[0].pk)
    back_up_when_due.func()
    assert Backup.objects.count() == 2 and Backup.objects.kept().count() == 1


def test_the_hour_is_the_shops(world: World) -> None:
    plan = Plan.get()
    plan.hour = 2
    Shop.objects.update(time_zone="Asia/Jerusalem")
    noon = timezone.now().replace(hour=10, minute=0)
    assert plan.last_due(noon).utcoffset() in (timedelta(hours=2), timedelta(hours=3))
    assert plan.last_due(noon).hour == 2 and plan.last_due(noon) <= noon


def test_a_kill_in_the_middle_makes_it_begin_anew(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = Backup.objects.begin(by=None)
    backup.gets_to("Packing the files", 0.5)
    (house / "backup-room-killed").mkdir()
    make.func(backup.pk)
    backup.refresh_from_db()
    assert backup.state == Backup.State.MADE and backup.size > 0


def test_nobody_goes_on_with_a_backup_that_a_restored_picture_shows_at_work(house: Path) -> None:
    kept, going = made(), Backup.objects.begin(by=None)
    forget_unfinished()
    make.func(going.pk)
    assert list(Backup.objects.all()) == [kept]


def test_what_is_too_old_goes_and_the_last_proven_stays(house: Path) -> None:
    plan = Plan.get()
    plan.keep_daily, plan.keep_weekly, plan.keep_monthly = 1, 0, 0
    plan.save()
    folder = Path(plan.place.address)
    old = [timezone.now() - timedelta(days=days) for days in (1, 2, 3)]
    names = [name_of(plan, moment) for moment in old]
    for name in [*names, "mainspring-11111111-20200101T000000Z.backup"]:
        (folder / name).write_bytes(b"x")
    for name in names:
        Backup.objects.create(name=name, state=Backup.State.MADE)
    Backup.objects.filter(name=names[1]).update(drill=Backup.Drill.PASSED, drilled_at=timezone.now())
    assert thin_out(plan) == 1
    assert {one.name for one in plan.place.kept()} == {*names[:2], "mainspring-11111111-20200101T000000Z.backup"}
    assert Backup.objects.get(name=names[2]).state == Backup.State.REMOVED


def test_a_place_that_is_gone_is_red_until_it_is_back(house: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    plan = Plan.get()
    plan.folder = str(disk)
    plan.save()
    assert not broken()
    disk.rename(tmp_path / "unplugged")
    assert any(str(disk) in says for says in broken())
    (tmp_path / "unplugged").rename(disk)
    assert not broken()


def test_a_backup_that_is_missed_is_red(house: Path) -> None:
    made()
    assert not broken()
    Backup.objects.update(finished_at=timezone.now() - timedelta(hours=27))
    assert any("was made" in says for says in broken())
    Backup.objects.update(finished_at=timezone.now() - timedelta(hours=51))
    assert any("was restored in a drill" in says for says in broken())


class Writer(threading.Thread):
    """Writes a row after another in its own transactions; how long the longest took."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.longest, self.count = 0.0, 0

    def run(self) -> None:
        while not self.over.is_set():
            began = time.monotonic()
            with transaction.atomic():
                TaskRow.objects.create(name="written")
            self.longest = max(self.longest, time.monotonic() - began)
            self.count += 1
            time.sleep(0.005)
        connection.close()


def test_nobody_who_writes_waits_half_a_second(house: Path, tmp_path: Path) -> None:
    """And what is in the archive is one moment of it, which its own list agrees with."""
    for _turn in range(20):
        Event.objects.bulk_create(
            Event(kind="x", subject=f"x:{n}", stream=f"x:{n}", data={"text": "word " * 40}) for n in range(1500)
        )
    writer = Writer()
    writer.start()
    try:
        time.sleep(0.3)
        before = writer.count
        backup = made()
        written = writer.count - before
    finally:
        writer.over.set()
        writer.join()
    unpacked = unpack(house / "backups" / backup.name, tmp_path)
    with engine().room(unpacked.database, tmp_path) as made_of_it:
        assert differing(unpacked.manifest.tables, made_of_it.sums()) == []
    assert written > 5, "nothing was written meanwhile: the test has shown nothing"
    assert writer.longest < 0.5


def test_every_setting_of_the_environment_is_kept_but_those_that_open_the_archive() -> None:
    text = Path(str(module.__file__)).read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text)) | {"DATABASE_URL"}
    keys = {"MASTER_KEY", "MASTER_KEY_COMMAND", "MASTER_KEY_FILE", "SECRET_KEY", "SECRET_KEY_FILE"}
    assert {name for name in read if not is_setting(name)} == keys, "SECRET_KEY has a part of its own in the archive"
    assert not is_setting("HOME")


def test_the_plan_keeps_its_secret_and_asks_for_it_when_the_place_changes(world: World, as_person: Any) -> None:
    client = as_person(world.ada)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    told = {
        "is_on": "on", "hour": "3", "kind": "s3", "host": "https://s3.example.com", "port": "22", "login": "key",
        "bucket": "backups", "secret": "canary-secret", "keep_daily": "7", "keep_weekly": "4", "keep_monthly": "12",
    }  # fmt: skip
    answer = client.post("/psa/settings/backups/plan", told)
    assert answer.status_code == 303, answer.content.decode()[:500]
    plan = Plan.get()
    assert plan.spot.secret == "canary-secret" and b"canary" not in bytes(plan.sealed_secret)
    assert "canary" not in client.get("/psa/settings/backups/plan").content.decode()
    assert not Event.objects.filter(data__icontains="canary").exists()
    moved = client.post("/psa/settings/backups/plan", {**told, "secret": "", "host": "https://evil.example"})
    assert moved.status_code == 422 and "goes only where it was meant to go" in moved.content.decode()

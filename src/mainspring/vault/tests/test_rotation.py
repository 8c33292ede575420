"""Another master key for everything, whatever comes between."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from mainspring.core.health import Level, findings
from mainspring.core.keyring import MasterKey, NoKey, drop, keyring, make_first
from mainspring.events.models import Event
from mainspring.vault import rotation
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential
from mainspring.vault.rotation import StillNeeded, by_key, forget, left_over, rotate
from world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MASTER_KEY_FILE = str(tmp_path / "master.key")
    make_first()
    return tmp_path / "master.key"


@pytest.fixture
def credentials(world: World, file: Path) -> list[Credential]:
    keep = Credential.objects.keep
    return [keep(world.carol, Contents(secret=f"s{n}"), kind="free", name=f"{n}", by=None) for n in range(25)]


def all_open() -> bool:
    return all(one._open().secret == f"s{one.name}" for one in Credential.objects.all())


def vault_health() -> list[Level]:
    return [one.level for one in findings() if str(one.topic) == "Vault"]


def test_everything_is_under_the_new_key_and_the_old_one_is_useless(credentials: list[Credential], file: Path) -> None:
    old = keyring().current
    outcome = rotate()
    assert (outcome.wrapped, outcome.left) == (25, 0) and all_open()
    assert set(by_key()) == {keyring().current.id} != {old.id}
    forget(old.id)
    assert all_open()
    file.write_text(old.line)
    for one in Credential.objects.all():
        with pytest.raises(NoKey):
            one._open()
    assert Event.objects.filter(kind="vault.rotated").count() == 1


def test_cut_short_it_goes_on_to_the_same_key(credentials: list[Credential], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 10)
    was, calls = rotation._wrap, []

    def dies(batch: list[object]) -> int:
        calls.append(batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return was(batch)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "_wrap", dies)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    current = keyring().current.id
    assert left_over() == 15 and all_open() and vault_health() == [Level.WARNING]
    monkeypatch.setattr(rotation, "_wrap", was)
    assert rotate().wrapped == 15 and keyring().current.id == current
    assert all_open() and vault_health() == [Level.FINE]


def test_cut_short_before_its_record_it_is_recorded_next_time(
    credentials: list[Credential], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rotation, "record", dies)
        rotate()
    current, told = keyring().current.id, Event.objects.filter(kind="vault.rotated")
    assert left_over() == 0 and not told.exists()
    assert rotate().wrapped == 0 and keyring().current.id == current
    assert [one.data for one in told] == [{"key": current, "rows": 25}]
    assert rotate().wrapped == 25 and keyring().current.id != current and told.all().count() == 2


def test_a_key_that_is_needed_does_not_go(credentials: list[Credential]) -> None:
    with pytest.raises(StillNeeded):
        forget(keyring().current.id)


def test_what_changes_meanwhile_is_not_overwritten(credentials: list[Credential], world: World) -> None:
    stale = Credential.objects.get(pk=credentials[0].pk)
    credentials[0].amend(by=world.tess, secret="changed")
    assert not stale.wrap_anew()
    assert Credential.objects.get(pk=stale.pk)._open().secret == "changed"


def test_what_is_damaged_is_left_and_told(credentials: list[Credential]) -> None:
    Credential.objects.filter(pk=credentials[3].pk).update(wrapped=b"\0" * 60)
    outcome = rotate()
    assert (outcome.wrapped, outcome.left) == (24, 1)
    assert Credential.objects.get(pk=credentials[3].pk).damaged_at and Level.BROKEN in vault_health()


def test_a_missing_key_is_told_by_the_health_page(credentials: list[Credential], file: Path) -> None:
    kept = file.read_text()
    file.write_text(MasterKey.make().line)
    assert vault_health() == [Level.BROKEN]
    file.unlink()
    assert vault_health() == [Level.BROKEN]
    file.write_text(kept)
    assert vault_health() == [Level.FINE]


def test_keys_from_elsewhere_are_added_there(credentials: list[Credential], settings: LazySettings, file: Path) -> None:
    settings.MASTER_KEY = file.read_text()
    assert rotate().wrapped == 0
    settings.MASTER_KEY += MasterKey.make().line
    assert rotate().wrapped == 25 and all_open()
    with pytest.raises(StillNeeded, match="MASTER_KEY"):
        forget(keyring().keys[0].id)


def test_the_command(credentials: list[Credential], file: Path) -> None:
    def run(*words: str) -> str:
        told = StringIO()
        call_command("vault", *words, stdout=told)
        return told.getvalue()

    old = keyring().current
    assert "There is a key already" in run("key") and old.id in run("status")
    with pytest.raises(CommandError, match="still"):
        run("forget", old.id)
    assert "25 entries were put under" in run("rotate")
    assert "gone" in run("forget", old.id) and old.id not in run("status")
    with pytest.raises(CommandError, match="not here"):
        run("forget", old.id)
    file.unlink()
    with pytest.raises(CommandError, match="There is no master key"):
        run("rotate")
    assert MasterKey.make().line.split()[0] != run("key", "--print").split()[0] and not file.exists()
    assert "Keep a copy" in run("key") and file.exists()


def test_dropping_the_only_key_is_refused(file: Path) -> None:
    with pytest.raises(NoKey):
        drop(keyring().current.id)

"""What is damaged, foreign or newer is refused in plain words, with the shop that is here as it was."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection

from mainspring.backups.archive import ABOUT, DATABASE, MANIFEST, Packer
from mainspring.backups.engines import engine
from mainspring.backups.making import about, make_archive
from mainspring.backups.manifest import Listing, Manifest, Sums
from mainspring.backups.models import Plan
from mainspring.backups.restoring import restore
from mainspring.backups.sealed import FRAME, NoKey, Unfit
from mainspring.core.keyring import MasterKey, keyring
from mainspring.files.models import StoredFile, root
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class House:
    """A shop that lives here, an archive of it, and how all of it was before anybody restored."""

    archive: Path
    folder: Path
    before: Sums
    files: dict[str, bytes]

    def is_untouched(self) -> bool:
        return (sums(self.folder), stored()) == (self.before, self.files)

    def spoilt(self, change: Callable[[bytearray], Any]) -> Path:
        content = bytearray(self.archive.read_bytes())
        change(content)
        return self._written(bytes(content))

    def packed(
        self, *, about_it: Any = None, manifest: Any = None, key: MasterKey | None = None, more: str = ""
    ) -> Path:
        """An archive that is sealed rightly, with something else in it."""
        path = self.folder / "packed.backup"
        with path.open("wb") as out:
            packer = Packer(out, key or keyring().current)
            of_what = about(str(Plan.get().shop_id))
            packer.add(ABOUT, (about_it(of_what) if about_it else of_what).as_json())
            size, sha256 = len(b"none"), packer.add(DATABASE, b"none")
            if more:
                packer.add(more, b"x")
            told = Manifest((size, sha256), {}, Listing().total)
            if manifest is not None:
                told = manifest(told)
            if told is not None:
                packer.add(MANIFEST, told.as_json())
            packer.close()
        return path

    def _written(self, content: bytes) -> Path:
        path = self.folder / "spoilt.backup"
        path.write_bytes(content)
        return path


def sums(folder: Path) -> Sums:
    dump = folder / "now"
    found = engine().snapshot(dump)
    dump.unlink()
    return found


def stored() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root().rglob("*")) if path.is_file()}


@pytest.fixture
def house(world: World, settings: LazySettings, tmp_path: Path) -> Iterator[House]:
    settings.DATA = tmp_path / "data"
    kept: Any = settings.STORAGES
    settings.STORAGES = {**kept, "default": {**kept["default"], "OPTIONS": {"location": settings.DATA / "files"}}}
    StoredFile.keep(random.Random(1).randbytes(FRAME + 1000), name="photo.bin")
    made = make_archive(tmp_path / "whole.backup", shop_id=str(Plan.get().shop_id))
    yield House(made.path, tmp_path, sums(tmp_path), stored())


def other_byte(content: bytearray, place: int) -> None:
    content[place] ^= 0x55


SPOILT: dict[str, Callable[[bytearray], Any]] = {
    "empty": lambda content: content.clear(),
    "another kind of file": lambda content: content.__setitem__(slice(0, 20), b"PK\x03\x04" + bytes(16)),
    "its first byte": lambda content: other_byte(content, 0),
    "its head": lambda content: other_byte(content, 30),
    "its salt": lambda content: other_byte(content, 90),
    "a byte of the first frame": lambda content: other_byte(content, 1000),
    "a byte in its middle": lambda content: other_byte(content, len(content) // 2),
    "its last byte": lambda content: other_byte(content, len(content) - 1),
    "cut in its middle": lambda content: content.__delitem__(slice(len(content) // 2, None)),
    "cut by a byte": lambda content: content.__delitem__(slice(len(content) - 1, None)),
    "cut after its head": lambda content: content.__delitem__(slice(130, None)),
    "something appended": lambda content: content.extend(b"more"),
    "a stretch taken out": lambda content: content.__delitem__(slice(5000, 5000 + FRAME + 16)),
    "a stretch doubled": lambda content: content.__setitem__(slice(5000, 5000), content[5000:9000]),
    "zeros in its middle": lambda content: content.__setitem__(slice(4000, 8000), bytes(4000)),
}


def test_damaged_archives_are_refused(house: House) -> None:
    """One house for all of them: what one of them touched would show at the next."""
    for how, change in SPOILT.items():
        with pytest.raises((Unfit, NoKey)) as refused:
            restore(house.spoilt(change), replace=True)
        assert str(refused.value).endswith(".") and "Error" not in str(refused.value), how
        assert house.is_untouched(), how


FOREIGN: dict[str, tuple[Callable[[House], Path], str]] = {
    "another shop's": (
        lambda house: house.packed(about_it=lambda it: replace(it, shop_id=str(uuid4()), shop_name="Rival")),
        "another shop, Rival",
    ),
    "the other engine's": (
        lambda house: house.packed(
            about_it=lambda it: replace(it, engine={"sqlite": "postgresql"}.get(it.engine, "sqlite"))
        ),
        "Restore it on",
    ),
    "a newer version's": (
        lambda house: house.packed(
            about_it=lambda it: replace(it, product="9.0", migrations=[*it.migrations, "tickets.9999_new"])
        ),
        "newer version",
    ),
    "under another key": (lambda house: house.packed(key=MasterKey.make()), "which is not here"),
    "without its list": (lambda house: house.packed(manifest=lambda told: None), "not what its list says"),
    "with another list": (
        lambda house: house.packed(manifest=lambda told: replace(told, files=(7, 7, "7"))),
        "not what its list says",
    ),
    "with a file that leads out": (lambda house: house.packed(more="files/../../x"), "does not belong there"),
    "with a database that is none": (
        lambda house: house.packed(manifest=lambda told: replace(told, tables={"a": (1, "b")})),
        "damaged|pg_restore failed",
    ),
}


def test_foreign_and_newer_archives_are_refused_and_say_what_to_do(house: House) -> None:
    for how, (make, says) in FOREIGN.items():
        with pytest.raises((Unfit, NoKey), match=says):
            restore(make(house), replace=True)
        assert house.is_untouched(), how
    assert len(SPOILT) + len(FOREIGN) > 20


def test_a_shop_that_is_here_is_not_replaced_unasked(house: House) -> None:
    with pytest.raises(Unfit, match="--replace"):
        restore(house.archive)
    assert house.is_untouched()


def test_a_running_house_is_not_replaced(house: House) -> None:
    from mainspring.events.pulse import Pulse

    Pulse.beat("worker")
    with pytest.raises(Unfit, match="is running"):
        restore(house.archive, replace=True)


def test_an_archive_is_ours_alone_to_read_and_holds_no_master_key(house: House) -> None:
    assert house.archive.stat().st_mode & 0o077 == 0
    assert connection.vendor in ("sqlite", "postgresql")
    assert not list((house.folder / "data").glob("backup-room-*"))

"""Restoring whole houses by the command, on both engines: byte-equal in an empty place, refused, replaced, moved on."""

import hashlib
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from houses import House

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Path]]:
    """The demo shop, with a table that is not ours and has no key; and an archive of it."""
    house = House.build(tmp_path_factory.mktemp("demo") / "data").with_tables()
    house.give_secret_key()
    house.run("demo")
    change(house, 'CREATE TABLE "of somebody""s" (word text)')
    change(house, 'INSERT INTO "of somebody""s" VALUES (1), (0), (1)')
    for size in (0, 1000, 3_000_000):
        keep(house, random.Random(size).randbytes(size))
    archive = house.data.parent / "demo.backup"
    house.run("backup", "--to", str(archive))
    yield house, archive


def keep(house: House, content: bytes) -> None:
    """A stored file, where the store keeps it."""
    name = hashlib.sha256(content).hexdigest()
    place = house.data / "files" / name[:2] / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


@pytest.fixture(scope="module")
def other(demo: tuple[House, Path], tmp_path_factory: pytest.TempPathFactory) -> House:
    """An empty place with the master key, into which the archive was restored."""
    house, archive = demo
    empty = House.build(tmp_path_factory.mktemp("other") / "data")
    shutil.copy(house.data / "master.key", empty.data / "master.key")
    empty.give_secret_key()
    said = empty.run("restore", str(archive))
    assert "is restored" in said and "mainspring serve" in said
    return empty


def change(house: House, sql: str) -> None:
    if house.url:
        subprocess.run(["psql", "-q", "-d", house.url, "-c", sql], check=True)
    else:
        with sqlite3.connect(house.data / "mainspring.sqlite3") as opened:
            opened.execute(sql)


def test_the_demo_comes_back_byte_by_byte_in_an_empty_place(demo: tuple[House, Path], other: House) -> None:
    """P17. Dumped by the engine's own tools on either side, and every file compared."""
    house, _archive = demo
    assert other.dump() == house.dump()
    assert other.files() == house.files() and len(house.files()) == 3
    assert (other.data / "secret_key").read_text() == (house.data / "secret_key").read_text()
    assert not list(other.data.glob("backup-room-*"))


def test_a_shop_is_replaced_by_what_it_was_and_its_state_now_is_kept_and_moved_on(
    demo: tuple[House, Path], other: House
) -> None:
    """The state that is kept is of an older version, to which it is put back: it is brought up to date after."""
    house, archive = demo
    change(other, "UPDATE core_shop SET name = 'After the restore'")
    other.run("migrate", "website", "zero", "--verbosity", "0")
    assert "website_photo" not in other.dump()
    assert "add --replace" in other.run("restore", str(archive), fails=True)
    said = other.run("restore", "--replace", str(archive))
    kept = next(other.data.glob("backups/before-restore-*.backup"))
    assert str(kept) in said
    assert other.dump() == house.dump()
    other.run("restore", "--replace", str(kept))
    assert "After the restore" in other.dump() and "website_photo" in other.dump()

"""Making an archive: a picture of the database first, then every file, so that no row speaks of a missing one."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext_noop

import mainspring
from mainspring.backups.archive import ABOUT, DATABASE, FILES, MANIFEST, START, Packer
from mainspring.backups.engines import engine
from mainspring.backups.manifest import About, Listing, Manifest
from mainspring.backups.starting import needed_to_start
from mainspring.core.keyring import keyring
from mainspring.core.shop import Shop
from mainspring.files.models import root

ROOM = "backup-room-"
OLD = 24 * 3600
FOLDERS = ("[0-9a-f][0-9a-f]", "small")

Tell = Callable[[str, float], None]
"""Told how far it is: the step in words, and its share of the whole."""
READS, PACKS, CARRIES = (
    gettext_noop("Reading the database"),
    gettext_noop("Packing the files"),
    gettext_noop("Carrying it to its place"),
)


@dataclass(frozen=True)
class Made:
    """An archive that was written."""

    path: Path
    manifest: Manifest
    size: int
    sha256: str


def silent(step: str, share: float) -> None:
    """For those who don't watch."""


def about(shop_id: str) -> About:
    """What an archive of this house is of, now."""
    engine_now = engine()
    return About(
        shop_id=shop_id,
        shop_name=Shop.get().name,
        product=mainspring.__version__,
        engine=engine_now.name,
        engine_version=engine_now.version(),
        migrations=sorted(
            f"{app}.{name}" for app, name in MigrationRecorder.Migration.objects.values_list("app", "name")
        ),
        made_at=timezone.now().isoformat(),
    )


def make_archive(path: Path, *, shop_id: str, tell: Tell = silent) -> Made:
    """The whole house, sealed under the current master key, into a new file. Raises NoKey, Unfit or OSError."""
    key, of_what = keyring().current, about(shop_id)
    with room() as folder, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        tell(READS, 0.0)
        tables = engine().snapshot(folder / DATABASE)
        packer = Packer(out, key)
        packer.add(ABOUT, of_what.as_json())
        database = packer.add_file(DATABASE, folder / DATABASE)
        start = {name: packer.add(START + name, content) for name, content in needed_to_start().items()}
        manifest = Manifest(database, tables, _pack_files(packer, tell), start)
        packer.add(MANIFEST, manifest.as_json())
        packer.close()
        out.flush()
        os.fsync(out.fileno())
    return Made(path, manifest, packer.sealer.size, packer.sealer.digest.hexdigest())


def _pack_files(packer: Packer, tell: Tell) -> tuple[int, int, str]:
    folders = [folder for pattern in FOLDERS for folder in sorted(root().glob(pattern))]
    listing = Listing()
    for turn, folder in enumerate(folders):
        tell(PACKS, turn / len(folders))
        for path in sorted(folder.iterdir()):
            name = path.relative_to(root()).as_posix()
            try:
                listing.add(name, *packer.add_file(FILES + name, path))
            except FileNotFoundError:  # swept this moment: no row of the picture speaks of it
                continue
    return listing.total


@contextmanager
def room() -> Iterator[Path]:
    """A folder of our own beside the data, ours alone to read, gone after."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=ROOM, dir=settings.DATA))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_rooms() -> None:
    """What processes left that were killed: nobody works in a room for a day."""
    for folder in Path(settings.DATA).glob(f"{ROOM}*"):
        if folder.stat().st_mtime < time.time() - OLD:
            shutil.rmtree(folder, ignore_errors=True)

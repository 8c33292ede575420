"""A folder: another disk, or a share that is mounted."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from mainspring.backups.places.base import SUFFIX, Kept, Place, Unreachable, places


@places.add
class Folder(Place):
    """A folder of this machine. One that is not there is not made: it may be where a disk is mounted that is gone."""

    name = "folder"

    @property
    def address(self) -> str:
        return self.spot.folder

    @property
    def path(self) -> Path:
        return Path(self.spot.folder)

    def put(self, path: Path, name: str) -> None:
        draft = self.path / f".{name}.part"
        with self._plainly():
            try:
                shutil.copyfile(path, draft)
                draft.chmod(0o600)
                handle = os.open(draft, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
                draft.replace(self.path / name)
            finally:
                draft.unlink(missing_ok=True)

    def kept(self) -> list[Kept]:
        with self._plainly():
            return [Kept(one.name, one.stat().st_size) for one in sorted(self.path.iterdir()) if one.suffix == SUFFIX]

    def fetch(self, name: str, into: Path) -> None:
        with self._plainly():
            shutil.copyfile(self.path / name, into)

    def remove(self, name: str) -> None:
        with self._plainly():
            (self.path / name).unlink(missing_ok=True)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            says = _("The folder %(folder)s can't be used: %(why)s")
            raise Unreachable(says % {"folder": self.path, "why": error.strerror or error}) from error

"""An archive: a tar, packed by zlib, in the sealed stream. Written and read in one go, whatever its size."""

import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from mainspring.backups.manifest import About, Listing, Manifest
from mainspring.backups.sealed import FRAME, Opener, Sealer, Unfit
from mainspring.core.keyring import MasterKey

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

ABOUT, DATABASE, MANIFEST, START, FILES = "about.json", "database", "manifest.json", "start/", "files/"
QUICK = 1
"""zlib's quickest: pictures and PDFs don't get smaller, tables do at once."""
FILE_NAME = re.compile(r"files/[0-9a-z]{2,5}/[0-9a-z.]{1,80}")
START_NAME = re.compile(r"start/[a-z_.-]{1,40}")
Fits = Callable[[About], None]
"""Whether an archive may be restored here, by what it is of; raises Unfit."""


class Packer:
    """Writes an archive, a part at a time."""

    def __init__(self, out: IO[bytes], key: MasterKey) -> None:
        self.sealer = Sealer(out, key)
        self._zipped = Zipped(self.sealer)
        self._tar = tarfile.open(fileobj=self._zipped, mode="w|", bufsize=FRAME)  # noqa: SIM115 (closed by `close`)

    def add(self, name: str, content: bytes) -> str:
        """A small part; its SHA-256."""
        return self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> tuple[int, str]:
        """A file of any size; its size and SHA-256. Raises FileNotFoundError when it went meanwhile."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return size, self._add(name, file, size)

    def close(self) -> None:
        self._tar.close()
        self._zipped.finish()
        self.sealer.close()

    def _add(self, name: str, source: IO[bytes], size: int) -> str:
        part = tarfile.TarInfo(name)
        part.size = size
        hashed = Hashed(source)
        self._tar.addfile(part, hashed)
        return hashed.digest.hexdigest()


class Zipped(io.RawIOBase):
    """What the tar writes through."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer, self._zip = sealer, zlib.compressobj(QUICK)

    def write(self, content: "Buffer") -> int:
        self._sealer.write(self._zip.compress(content))
        return len(memoryview(content))

    def finish(self) -> None:
        self._sealer.write(self._zip.flush())


class Hashed(io.RawIOBase):
    """Bytes on their way, counted and hashed."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        part = self._source.read(size)
        self.digest.update(part)
        self.size += len(part)
        return part


class Unzipped(io.RawIOBase):
    """What was packed, unpacked as it is read."""

    def __init__(self, opener: Opener) -> None:
        self._opener, self._zip = opener, zlib.decompressobj()

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size
        while wanted and not self._zip.eof:
            packed = self._zip.unconsumed_tail or self._opener.read(FRAME)
            part = self._zip.decompress(packed, wanted)
            if not packed and not part:
                raise Unfit(_("This archive is damaged: it ends too early. Nothing was changed. Take another one."))
            wanted -= len(part)
            parts.append(part)
        return b"".join(parts)

    def drain(self) -> None:
        """To the very end, so that the last frame has been seen to be the last."""
        while self.read(FRAME):
            pass
        while self._opener.read(FRAME):
            pass


@dataclass(frozen=True)
class Unpacked:
    """An archive that was read whole, in a folder, and is what it says it is."""

    folder: Path
    about: About
    manifest: Manifest

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def start(self, name: str) -> bytes | None:
        path = self.folder / "start" / name
        return path.read_bytes() if path.exists() else None


@contextmanager
def reading(path: Path) -> Iterator[tuple[About, Iterator[tuple[str, IO[bytes]]]]]:
    """What the archive is of, and its parts as they come. Raises Unfit or NoKey, here or while they are read."""
    with path.open("rb") as file:
        unzipped = Unzipped(Opener(file))
        try:
            with tarfile.open(fileobj=unzipped, mode="r|", bufsize=FRAME) as tar:
                parts = _parts(tar)
                name, first = next(parts, ("", io.BytesIO()))
                if name != ABOUT:
                    raise Unfit(_("This archive does not begin as one of ours. Take another one."))
                yield About.read(first.read()), parts
            unzipped.drain()
        except (tarfile.TarError, zlib.error, KeyError, TypeError, ValueError) as error:
            says = _("This archive can't be read: %(why)s. Nothing was changed. Take another one.")
            raise Unfit(says % {"why": error}) from error


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for part in tar:
        content = tar.extractfile(part) if part.isreg() else None
        if content is None:
            raise Unfit(_("This archive holds something that is no file. Take another one."))
        yield part.name, content


def unpack(path: Path, folder: Path, *, fits: Fits = lambda about: None) -> Unpacked:
    """Everything in the archive, into an empty folder, and compared with its manifest. `fits` may refuse early."""
    listing, start, database, manifest = Listing(), {}, (0, ""), b""
    with reading(path) as (about, parts):
        fits(about)
        for name, content in parts:
            if name == MANIFEST:
                manifest = content.read()
            elif name == DATABASE:
                database = _write(content, folder / DATABASE)
            elif START_NAME.fullmatch(name):
                start[name.removeprefix(START)] = _write(content, folder / name)[1]
            elif FILE_NAME.fullmatch(name):
                listing.add(name.removeprefix(FILES), *_write(content, folder / name))
            else:
                raise Unfit(_("This archive holds %(name)s, which does not belong there.") % {"name": name})
    told = Manifest.read(manifest) if manifest else None
    if told is None or (told.database, told.files, told.start) != (database, listing.total, start):
        raise Unfit(_("What is in this archive is not what its list says. Nothing was changed. Take another one."))
    (folder / "files").mkdir(exist_ok=True)
    return Unpacked(folder, about, told)


def _write(content: IO[bytes], path: Path) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    hashed = Hashed(content)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while part := hashed.read(FRAME):
            file.write(part)
    return hashed.size, hashed.digest.hexdigest()

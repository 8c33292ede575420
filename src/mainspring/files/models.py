"""Files kept by their content."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from mainspring.files.names import clean_name
from mainspring.files.pages import PDF
from mainspring.files.pictures import measures
from mainspring.files.types import HEAD, PICTURES, sniff

MOST_BYTES = 25 * 1024 * 1024
CHUNK = 1024 * 1024


class StoredFile(models.Model):
    """A file somebody gave us: bytes under their SHA-256, with the name and type it came by and the type it is."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    declared_type = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_by = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, content: IO[bytes] | bytes, *, name: str, declared_type: str = "", by: str = "") -> "StoredFile":
        """Keep the bytes (once, however often they come) and a row for this name. Durable before the row is written.

        Raises ValidationError when there are more than 25 MB.
        """
        source = BytesIO(content) if isinstance(content, bytes) else content
        sha256, size, head = _write(_chunks(source))
        kind = sniff(head)
        width, height = measures(place_of(sha256)) if kind in PICTURES else (None, None)
        return cls.objects.create(
            sha256=sha256,
            name=clean_name(name),
            declared_type=declared_type[:120],
            type=kind,
            size=size,
            width=width,
            height=height,
            created_by=by,
        )

    @property
    def path(self) -> Path:
        return place_of(self.sha256)

    @property
    def is_picture(self) -> bool:
        """Whether a small version of it can be shown."""
        return self.type in PICTURES and bool(self.width and self.height)

    @property
    def small(self) -> Path:
        """Where its small picture is, once it was made."""
        return root() / "small" / f"{self.sha256}.webp"

    @property
    def has_small(self) -> bool:
        """Whether a small picture of it can be shown: of a picture always, of a PDF once its page was drawn."""
        return self.is_picture or (self.type == PDF and self.small.exists())

    @property
    def look(self) -> str:
        """How it is looked at without leaving the page: `picture`, `pdf`, `text`; empty for what is only downloaded."""
        return "picture" if self.is_picture else {PDF: "pdf", "text/plain": "text"}.get(self.type, "")

    @property
    def icon(self) -> str:
        return {"picture": "photo", "pdf": "file-type-pdf", "text": "file-text"}.get(self.look, "file")

    def keep_small(self, picture: bytes) -> None:
        self.small.parent.mkdir(exist_ok=True)
        draft = draft_path()
        draft.write_bytes(picture)
        draft.replace(self.small)

    def open(self) -> IO[bytes]:
        return self.path.open("rb")

    def read(self) -> bytes:
        return self.path.read_bytes()


def root() -> Path:
    """The folder of all stored files; no web server serves it."""
    options: dict[str, Any] = settings.STORAGES["default"]["OPTIONS"]  # type: ignore[index]
    return Path(options["location"])


def draft_path() -> Path:
    """A new name for something that is still being written. What a crash leaves under it is swept."""
    return root() / f"draft-{secrets.token_hex(8)}"


def place_of(sha256: str) -> Path:
    return root() / sha256[:2] / sha256


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _write(chunks: Iterator[bytes]) -> tuple[str, int, bytes]:
    """Write to a temporary name, then rename to the hash: a crash leaves no half file under a true name.

    Bytes that are there already are put in place anew, so that the sweep sees how young they are.
    """
    root().mkdir(parents=True, exist_ok=True)
    draft = draft_path()
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with draft.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise ValidationError(_("The file is larger than 25 MB. Make it smaller, or send a link to it."))
                digest.update(chunk)
                head = head if len(head) >= HEAD else (head + chunk)[:HEAD]
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        place = place_of(digest.hexdigest())
        place.parent.mkdir(exist_ok=True)
        draft.replace(place)
        _settle(place.parent, root())
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest(), size, head


def _settle(*folders: Path) -> None:
    """Have the disk remember the names in these folders: a rename alone may be lost with the power."""
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""A bucket that speaks S3: Amazon's, Backblaze's, Wasabi's, or one of one's own (MinIO, Ceph, Garage)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mainspring.backups.places.base import SUFFIX, Kept, Place, Unreachable, places
from mainspring.core.outgoing import safe_pools

if TYPE_CHECKING:
    from minio import Minio

PART = 16 * 1024 * 1024
"""Bytes that are sent at a time; so many are in memory."""


@places.add
class Bucket(Place):
    """By the `minio` library, over connections that go only where we may connect."""

    name = "s3"

    @property
    def address(self) -> str:
        return f"s3://{self.spot.bucket}/{self._prefix} ({self.spot.host or 's3.amazonaws.com'})"

    def put(self, path: Path, name: str) -> None:
        with self._plainly() as client:
            client.fput_object(self.spot.bucket, self._prefix + name, str(path), part_size=PART)

    def kept(self) -> list[Kept]:
        with self._plainly() as client:
            found = client.list_objects(self.spot.bucket, prefix=self._prefix)
            named = [(str(one.object_name).removeprefix(self._prefix), int(one.size or 0)) for one in found]
        return sorted((Kept(name, size) for name, size in named if name.endswith(SUFFIX)), key=lambda one: one.name)

    def fetch(self, name: str, into: Path) -> None:
        with self._plainly() as client:
            client.fget_object(self.spot.bucket, self._prefix + name, str(into))

    def remove(self, name: str) -> None:
        with self._plainly() as client:
            client.remove_object(self.spot.bucket, self._prefix + name)

    @property
    def _prefix(self) -> str:
        return f"{self.spot.folder.strip('/')}/" if self.spot.folder.strip("/") else ""

    @contextmanager
    def _plainly(self) -> Iterator["Minio"]:
        try:
            from minio import Minio
            from minio.error import MinioException
        except ImportError as error:
            raise Unreachable(_("S3 needs one more package. Run: pip install 'mainspring[s3]'")) from error
        from urllib3.exceptions import HTTPError

        spot = self.spot
        scheme, _colon, host = (spot.host or "https://s3.amazonaws.com").rpartition("://")
        try:
            yield Minio(
                host.strip("/"),
                access_key=spot.login,
                secret_key=spot.secret,
                region=spot.region or None,
                secure=scheme != "http",
                http_client=safe_pools(),
            )
        except (MinioException, HTTPError, OSError, ValueError) as error:
            says = _("The bucket %(bucket)s can't be used: %(why)s")
            raise Unreachable(says % {"bucket": spot.bucket, "why": str(error)[:300]}) from error

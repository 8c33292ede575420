"""Removing stored files for good: their rows, and the bytes that no other row speaks of."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import ProtectedError

from mainspring.files.models import StoredFile, place_of, root


def remove_files(ids: Iterable[int]) -> int:
    """Remove these, but for those that an issued paper or another thing still holds. Bytes go after the commit."""
    count = 0
    for file in StoredFile.objects.filter(pk__in=list(ids)):
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            continue
        transaction.on_commit(partial(_remove_bytes, file.sha256))
        count += 1
    return count


def _remove_bytes(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        place_of(sha256).unlink(missing_ok=True)
        (root() / "small" / f"{sha256}.webp").unlink(missing_ok=True)

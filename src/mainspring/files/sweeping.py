"""Clearing away bytes that no row speaks of: what a crash or a rollback left between the disk and the database."""

import logging
import re
import time
from datetime import timedelta
from pathlib import Path

from mainspring.files.models import StoredFile, draft_path, root

log = logging.getLogger(__name__)

GRACE = timedelta(days=1)
"""How long bytes may wait for their row to be committed."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


def sweep(*, grace: timedelta = GRACE) -> int:
    """Remove stored bytes, small pictures and drafts that are older than `grace` and belong to no row. How many."""
    before = time.time() - grace.total_seconds()
    swept = sum(_remove(draft, before) for draft in root().glob("draft-*"))
    for folder in (*root().glob("[0-9a-f][0-9a-f]"), root() / "small"):
        swept += sum(_remove(path, before) for path in _unspoken_for(folder, before))
    if swept:
        log.info("Swept %s files that nothing spoke of.", swept)
    return swept


def _unspoken_for(folder: Path, before: float) -> list[Path]:
    old = {path.stem: path for path in folder.glob("*") if _SHA256.fullmatch(path.stem) and _is_old(path, before)}
    spoken_for = set(StoredFile.objects.filter(sha256__in=old).values_list("sha256", flat=True))
    return [path for sha256, path in old.items() if sha256 not in spoken_for]


def _remove(path: Path, before: float) -> bool:
    """Take the file aside, look again, then delete: somebody may have kept the same bytes this very moment."""
    aside = draft_path()
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _is_old(aside, before):
        aside.unlink()
        return True
    else:
        aside.rename(path)
        return False


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False

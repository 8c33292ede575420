"""The nightly drill: the archive is fetched from its place, restored where nothing is, compared, and worked with."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.backups.archive import Unpacked, unpack
from mainspring.backups.engines import Room, engine
from mainspring.backups.making import room
from mainspring.backups.manifest import differing
from mainspring.backups.models import Backup, Plan
from mainspring.backups.starting import SECRET_KEY
from mainspring.core.drills import Proven
from mainspring.core.keyring import is_by_file, key_file
from mainspring.core.shop import Shop

COMMAND_SECONDS = 600
COPY = "MAINSPRING_COPY"
"""Names the database of the copy to the process that works with it: on any other it does nothing."""
NOWHERE = {
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "CACHE_URL": "locmemcache://",
    "LOG_LEVEL": "ERROR",
}
"""The copy lets nothing out."""
BELONGS_TO_THE_ORIGINAL = ("DATABASE_URL", "SECRET_KEY_FILE", "MAINSPRING_TEST_DATABASE")


def drill(backup: Backup, plan: Plan) -> None:
    """Restore it and note how it went. It never raises: what goes wrong is what it is for."""
    Backup.objects.filter(pk=backup.pk).update(drill=Backup.Drill.RUNNING)
    began = time.monotonic()
    proofs: list[Proven] = []
    try:
        with translation.override(Shop.get().language), room() as folder:
            fetched = folder / backup.name
            plan.place.fetch(backup.name, fetched)
            proofs.append(_same_bytes(fetched, backup))
            proofs += prove(fetched, folder)
    except Exception as error:
        proofs.append(Proven(_("Restoring"), False, str(error)[:500] or type(error).__name__))
    backup.drilled(proofs, seconds=time.monotonic() - began)


def prove(archive: Path, folder: Path) -> list[Proven]:
    """Restore the archive into an empty place under `folder`; what was compared and done there, and how it went."""
    empty = folder / "restored"
    empty.mkdir(mode=0o700)
    unpacked = unpack(archive, empty)
    archive.unlink()
    proofs = [_files(unpacked)]
    with engine().room(unpacked.database, empty) as made:
        proofs.append(_tables(unpacked, made))
        proofs += _worked_with(unpacked, made)
    return proofs


def _same_bytes(archive: Path, backup: Backup) -> Proven:
    says = _("%(bytes)d bytes came back from %(place)s as they were written.")
    told = {"bytes": archive.stat().st_size, "place": backup.address}
    if _sha256(archive) == backup.sha256:
        return Proven(_("The archive"), True, says % told)
    else:
        return Proven(_("The archive"), False, _("Other bytes came back than were written."))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(unpacked: Unpacked) -> Proven:
    """Every file is under the hash of its bytes, as the store keeps it; the list as a whole was compared on the way."""
    count, total, _listed = unpacked.manifest.files
    wrong = [path.name for path in unpacked.files.glob("[0-9a-f][0-9a-f]/*") if _sha256(path) != path.name]
    if wrong:
        return Proven(_("Files"), False, _("Damaged: %(names)s") % {"names": ", ".join(wrong[:5])})
    else:
        says = _("%(count)d files of %(bytes)d bytes, each the same.")
        return Proven(_("Files"), True, says % {"count": count, "bytes": total})


def _tables(unpacked: Unpacked, made: Room) -> Proven:
    expected = unpacked.manifest.tables
    wrong = differing(expected, made.sums())
    if wrong:
        return Proven(_("Tables"), False, "; ".join(wrong[:5]))
    else:
        says = _("%(tables)d tables with %(rows)d rows, each the same.")
        return Proven(_("Tables"), True, says % {"tables": len(expected), "rows": unpacked.manifest.rows})


def _worked_with(unpacked: Unpacked, made: Room) -> list[Proven]:
    """A process of its own, on the copy alone, signs in, prints and opens what the modules' drills do."""
    secret = unpacked.start(SECRET_KEY) or b""
    environment = {name: value for name, value in os.environ.items() if name not in BELONGS_TO_THE_ORIGINAL}
    environment |= NOWHERE | {
        "MAINSPRING_DATA": str(unpacked.folder),
        "MAINSPRING_URL": settings.BASE_URL,
        "SECRET_KEY": secret.decode(),
        "DJANGO_SETTINGS_MODULE": "mainspring.config.settings",
        COPY: made.name,
        **made.environment(),
        **_master_key(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "drill"],
        env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
    )  # fmt: skip
    try:
        return [Proven(**proof) for proof in json.loads(done.stdout.strip().rpartition("\n")[2])]
    except (ValueError, TypeError):
        why = (done.stderr.strip() or done.stdout.strip())[-500:]
        return [Proven(_("Working with it"), False, why or _("It did not start."))]


def _master_key() -> dict[str, str]:
    """The copy opens its safe under the same keys; they are in no archive."""
    return {"MASTER_KEY_FILE": str(key_file())} if is_by_file() else {}

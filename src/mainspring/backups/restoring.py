"""Restoring: the whole archive is read and compared before anything is touched, and put in place by renaming."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from mainspring.backups.archive import Unpacked, reading, unpack
from mainspring.backups.engines import Room, engine
from mainspring.backups.making import make_archive, room
from mainspring.backups.manifest import About, differing
from mainspring.backups.models import Backup, Plan, own_folder
from mainspring.backups.sealed import Unfit
from mainspring.backups.starting import DEMO, SECRET_KEY, SETTINGS
from mainspring.core.shop import Shop
from mainspring.events.pulse import Pulse
from mainspring.files.models import root

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
RESTORED_SETTINGS = "restored-settings.env"
ALIVE = timedelta(seconds=30)


@dataclass
class Restored:
    """What was restored, and what the one who restores must know."""

    unpacked: Unpacked
    says: list[str] = field(default_factory=list)


def restore(archive: Path, *, replace: bool = False) -> Restored:
    """Put the house back as it was. Raises Unfit or NoKey, in plain words, with everything here as it was.

    Into an empty place; with `replace` in the place of the same shop, whose state now is saved first.
    """
    if not archive.is_file():
        raise Unfit(_("There is no file %(path)s.") % {"path": archive})
    is_founded = founded()
    if is_founded and not replace:
        says = _("There is a shop here: %(name)s. Nothing was changed. To put the archive in its place, add --replace.")
        raise Unfit(says % {"name": Shop.get().name})
    fits = _fits_this_shop if is_founded else fits_this_house
    with reading(archive) as (about, _parts):
        fits(about)
    if is_founded and is_running():
        raise Unfit(_("Mainspring is running on this data. Stop it, then restore; nothing was changed."))
    with room() as folder, ExitStack() as rooms:
        unpacked = unpack(archive, folder, fits=fits)
        made = rooms.enter_context(engine().room(unpacked.database, folder))
        wrong = differing(unpacked.manifest.tables, made.sums())
        if wrong:
            raise Unfit(
                _("The restored tables are not those of the archive: %(what)s") % {"what": "; ".join(wrong[:5])}
            )
        restored = Restored(unpacked)
        if is_founded:
            restored.says.append(_("What was here before is kept in %(path)s.") % {"path": _save_the_present()})
        _move_in(unpacked, made, folder)
        restored.says += _start(unpacked)
        return restored


def fits_this_house(about: About) -> None:
    """Whether this version on this engine can take it. Raises Unfit with what to do."""
    here = engine().name
    unknown = sorted(set(about.migrations) - _known_migrations())
    if about.engine != here:
        says = _(
            "This archive is of %(theirs)s, and this house runs on %(ours)s. Nothing was changed. Restore it on "
            "%(theirs)s: %(how)s"
        )
        how = {
            "postgresql": _("set DATABASE_URL to an empty PostgreSQL database."),
            "sqlite": _("take DATABASE_URL out of the environment."),
        }
        ours, theirs = ENGINES[here], ENGINES.get(about.engine, about.engine)
        raise Unfit(says % {"theirs": theirs, "ours": ours, "how": how.get(about.engine, "")})
    elif unknown:
        says = _(
            "This archive is of a newer version (%(theirs)s, here is %(ours)s; %(unknown)s is not known here). Nothing "
            "was changed. Install that version first."
        )
        told = {"theirs": about.product, "ours": _version(), "unknown": unknown[0]}
        raise Unfit(says % told)


def founded() -> bool:
    """Whether somebody's data are here. What can't be asked because there are no tables is nobody's."""
    if not engine().is_there():
        return False
    try:
        return Shop.objects.exists()
    except DatabaseError:
        return False
    finally:
        connections.close_all()


def is_running() -> bool:
    """Whether a process of the house was at work within the last half minute."""
    try:
        return Pulse.objects.filter(at__gt=timezone.now() - ALIVE).exists()
    except DatabaseError:
        return False


def forget_unfinished() -> None:
    """The backup that was at work when the picture was taken is in it as such; nobody goes on with it."""
    Backup.objects.filter(state__in=[Backup.State.WAITING, Backup.State.RUNNING]).delete()


def _fits_this_shop(about: About) -> None:
    fits_this_house(about)
    if about.shop_id != str(Plan.get().shop_id):
        says = _(
            "This archive is of another shop, %(theirs)s, and here is %(ours)s. Nothing was changed. Restore it into "
            "an empty place: another MAINSPRING_DATA or another database."
        )
        raise Unfit(says % {"theirs": about.shop_name, "ours": Shop.get().name})


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def _version() -> str:
    import mainspring

    return mainspring.__version__


def _save_the_present() -> Path:
    """The shop as it is now, as an archive that was read whole again."""
    own_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = own_folder() / f"before-restore-{timezone.now():%Y%m%dT%H%M%SZ}.backup"
    made = make_archive(path, shop_id=str(Plan.get().shop_id))
    with room() as folder:
        unpack(made.path, folder)
    return made.path


def _move_in(unpacked: Unpacked, made: Room, folder: Path) -> None:
    """Database and files change places with what is here, by renaming; when one can't, both are as they were."""
    aside = folder / "aside"
    aside.mkdir()
    undo = made.move_in(aside)
    try:
        _swap_files(unpacked.files, aside / "files")
    except BaseException:
        undo()
        raise
    made.forget_the_old()


def _swap_files(new: Path, aside: Path) -> None:
    own = root()
    own.parent.mkdir(parents=True, exist_ok=True)
    had = own.exists()
    if had:
        own.rename(aside)
    try:
        new.rename(own)
    except BaseException:
        if had:
            aside.rename(own)
        raise


def _start(unpacked: Unpacked) -> list[str]:
    """The secret key and the settings, put where the house looks for them; and what is left for a person to do."""
    data = Path(settings.DATA)
    people = unpacked.start(DEMO)
    if people is not None:
        _write(data / DEMO, people)
    key, environment = unpacked.start(SECRET_KEY) or b"", unpacked.start(SETTINGS) or b""
    return [*_keep_secret_key(key, data), *_keep_settings(environment, data)]


def _keep_secret_key(content: bytes, data: Path) -> list[str]:
    """Links in mails and kept passwords open under the key of that time alone."""
    if content in (b"", settings.SECRET_KEY.encode()):
        return []
    elif _key_is_in_our_file(data):
        _write(data / SECRET_KEY, content)
        return []
    else:
        path = _write(data / "secret_key.restored", content)
        says = _(
            "The shop had another secret key. Set SECRET_KEY_FILE to %(path)s, so that its links and passwords open."
        )
        return [says % {"path": path}]


def _key_is_in_our_file(data: Path) -> bool:
    path = data / SECRET_KEY
    return path.exists() and path.read_text().strip() == settings.SECRET_KEY


def _keep_settings(content: bytes, data: Path) -> list[str]:
    if not content:
        return []
    path = _write(data / RESTORED_SETTINGS, content)
    return [_("The settings of that time are in %(path)s: set in the environment what is missing.") % {"path": path}]


def _write(path: Path, content: bytes) -> Path:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path

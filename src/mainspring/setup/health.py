"""Whether the installation itself is sound: database, address, keys, shop."""

import stat
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from mainspring.core.health import Finding, Level, looks_at
from mainspring.core.keyring import NoKey, is_by_file, key_file, keyring
from mainspring.core.models import Shop
from mainspring.setup.shop import founded

DATABASE, SHOP, ADDRESS, KEYS, PAGES = (
    gettext_lazy("Database"),
    gettext_lazy("The shop"),
    gettext_lazy("Address"),
    pgettext_lazy("secret", "Keys"),
    gettext_lazy("Pages"),
)
SHORTEST_KEY = 40
FOUND_ONE = gettext_lazy("Run `mainspring init`, or `mainspring demo` to look around.")


@looks_at(DATABASE, order=10)
def database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        says = _("It can't be reached: %(why)s") % {"why": str(error).strip()}
        yield Finding(DATABASE, Level.BROKEN, says, _("Start its server, or correct DATABASE_URL."))
        return
    behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not executor.loader.applied_migrations:
        yield Finding(DATABASE, Level.BROKEN, _("It is empty."), FOUND_ONE)
    elif behind:
        says = ngettext("%(count)d step behind this version.", "%(count)d steps behind this version.", behind)
        yield Finding(
            DATABASE,
            Level.BROKEN,
            says % {"count": behind},
            _("Run `mainspring migrate`, or start `mainspring serve`."),
        )
    else:
        yield Finding.fine(DATABASE, _("%(engine)s, up to date.") % {"engine": connection.display_name})


@looks_at(SHOP, order=11)
def shop() -> Iterator[Finding]:
    if not founded():
        yield Finding(
            SHOP,
            Level.BROKEN,
            _("There is no shop yet."),
            FOUND_ONE,
        )
    elif not Shop.get().email:
        yield Finding(
            SHOP,
            Level.WARNING,
            _("The shop has no mail address: customers can't answer its mails."),
            _("Fill it in under Settings, The shop."),
        )
    else:
        yield Finding.fine(SHOP, str(Shop.get()))


@looks_at(ADDRESS, order=12)
def address() -> Iterator[Finding]:
    base = urlsplit(settings.BASE_URL)
    hosts = [host.partition(":")[0] for host in settings.SURFACES.values()] or [str(base.hostname)]
    if base.hostname in ("localhost", "127.0.0.1"):
        yield Finding(
            ADDRESS,
            Level.WARNING,
            _("Links in mails lead to %(address)s: only this machine can open them.") % {"address": settings.BASE_URL},
            _("Right for a demo. To go live, set MAINSPRING_URL to the address customers use."),
        )
    elif base.scheme != "https":
        yield Finding(
            ADDRESS,
            Level.BROKEN,
            _("%(address)s is not encrypted: passwords travel in the clear.") % {"address": settings.BASE_URL},
            _("Put a proxy with TLS in front and set MAINSPRING_URL to https://…"),
        )
    elif missing := [host for host in hosts if host not in settings.ALLOWED_HOSTS]:
        yield Finding(
            ADDRESS,
            Level.BROKEN,
            _("%(host)s is not among ALLOWED_HOSTS: every page answers 400.") % {"host": ", ".join(missing)},
            _("Set ALLOWED_HOSTS to it."),
        )
    else:
        yield Finding.fine(ADDRESS, ", ".join(settings.SURFACES.values()) or settings.BASE_URL)


@looks_at(KEYS, order=50)
def keys() -> Iterator[Finding]:
    path = settings.DATA / "secret_key"
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        yield Finding(
            KEYS, Level.BROKEN, _("The secret key is short enough to guess."), _("Set SECRET_KEY to 50 random letters.")
        )
    elif path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            KEYS,
            Level.BROKEN,
            _("Other users of this machine can read %(path)s.") % {"path": path},
            _("Run: chmod 600 %(path)s") % {"path": path},
        )
    else:
        yield Finding.fine(KEYS, _("The secret key is long and ours alone."))
    yield _master_key()


def _master_key() -> Finding:
    try:
        known = keyring()
    except NoKey as error:
        return Finding(
            KEYS, Level.BROKEN, _("The vault is shut and nothing can be backed up: no master key."), str(error)
        )
    path = key_file()
    if is_by_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(
            KEYS,
            Level.BROKEN,
            _("Other users of this machine can read %(path)s.") % {"path": path},
            _("Run: chmod 600 %(path)s") % {"path": path},
        )
    says = ngettext("%(count)d master key is here.", "%(count)d master keys are here.", len(known.keys))
    return Finding.fine(KEYS, says % {"count": len(known.keys)})


@looks_at(PAGES, order=70)
def pages() -> Iterator[Finding]:
    if finders.find("built/main.css") is None:
        yield Finding(
            PAGES, Level.BROKEN, _("Styles and scripts are not built."), _("From a checkout: run `make setup`.")
        )
    elif settings.DEBUG:
        yield Finding(
            PAGES,
            Level.BROKEN,
            _("MAINSPRING_DEBUG is on: faults show our insides."),
            _("Take it out of the environment."),
        )
    else:
        yield Finding.fine(PAGES, _("Styles and scripts are built."))

"""Whether there is room for files, and whether they can be written."""

import os
import shutil
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.health import Finding, Level, looks_at
from mainspring.files.models import root

DISK = gettext_lazy("Disk")
TIGHT, FULL = 2 * 1024**3, 200 * 1024**2
"""Bytes free under which it is tight, and under which mails and uploads are soon refused."""


@looks_at(DISK, order=60)
def disk() -> Iterator[Finding]:
    folder = settings.DATA
    shut = [place for place in (folder, root()) if place.exists() and not os.access(place, os.W_OK)]
    free = min(shutil.disk_usage(place).free for place in (folder, root()) if place.exists())
    says = _("%(free).1f GB are free where the data live (%(folder)s).") % {"free": free / 1024**3, "folder": folder}
    if shut:
        yield Finding(
            DISK,
            Level.BROKEN,
            _("The data folder %(folder)s can't be written to.") % {"folder": shut[0]},
            _("Give it to the user that Mainspring runs as, and see that its disk is not set to read-only."),
        )
    elif free < FULL:
        yield Finding(DISK, Level.BROKEN, says, _("Make room now: soon nothing can be saved."))
    elif free < TIGHT:
        yield Finding(DISK, Level.WARNING, says, _("Make room soon."))
    else:
        yield Finding.fine(DISK, says)

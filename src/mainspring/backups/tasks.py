"""What backups do by the clock and in the background."""

import logging

from django.utils import timezone
from django_tasks import task

from mainspring.backups.drilling import drill
from mainspring.backups.keeping import back_up, thin_out
from mainspring.backups.models import Backup, Plan
from mainspring.backups.places import Unreachable
from mainspring.backups.sealed import Unfit
from mainspring.core.keyring import NoKey
from mainspring.core.models import Shop
from mainspring.core.sealing import Broken
from mainspring.events.tasks import LONG, every

log = logging.getLogger(__name__)

PLAIN = (Unfit, Unreachable, NoKey)
"""What tells in plain words what went wrong."""


@every(minutes=10)
@task()
def back_up_when_due() -> None:
    """A backup, once there is a shop and its hour has come; after a failure again an hour later."""
    if Shop.objects.exists() and Plan.get().is_due(timezone.now()):
        Backup.objects.begin(by=None)


@task(priority=LONG)
def make(pk: int) -> None:
    """Make it and keep it. Run again after a kill it begins anew, under the same name."""
    backup = Backup.objects.filter(pk=pk, state__in=[Backup.State.WAITING, Backup.State.RUNNING]).first()
    if backup is not None:
        try:
            back_up(backup, Plan.get())
        except Exception as error:
            log.exception("The backup %s failed", backup.name)
            backup.failed(in_words(error))


@task(priority=LONG)
def prove(pk: int) -> None:
    """Restore it into an empty place and compare; then let go of what is older than the plan keeps."""
    backup = Backup.objects.kept().filter(pk=pk).first()
    if backup is not None:
        drill(backup, Plan.get())
        thin_out(Plan.get())


def in_words(error: Exception) -> str:
    if isinstance(error, PLAIN):
        return str(error)
    elif isinstance(error, Broken):
        return "The kept secret of the place can't be opened. Enter it again under Settings, Backups."
    else:
        return f"{type(error).__name__}: {error}"[:2000]

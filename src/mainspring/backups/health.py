"""Whether there are backups, and whether they can be restored."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.backups.models import Backup, Plan
from mainspring.backups.places import Unreachable
from mainspring.core.health import Finding, Level, looks_at
from mainspring.ui.words import ago

BACKUPS = gettext_lazy("Backups")
OLD = timedelta(hours=26)
"""A daily backup that is older was missed."""
LONG_UNPROVEN = timedelta(hours=50)


@looks_at(BACKUPS, order=45)
def backups() -> Iterator[Finding]:
    plan = Plan.get()
    wrong = [*_made(plan), *_proven()]
    yield from [*_plan(plan), *wrong]
    if not wrong:
        yield Finding.fine(BACKUPS, _fine())


def _plan(plan: Plan) -> Iterator[Finding]:
    if not plan.is_on:
        yield Finding(
            BACKUPS,
            Level.WARNING,
            _("No backups are made by themselves."),
            _("Switch them on under Settings, Backups."),
        )
    elif plan.is_beside_the_data:
        yield Finding(
            BACKUPS,
            Level.WARNING,
            _("Backups are kept on the disk of the data: when it breaks, both are gone."),
            _("Choose another disk, a bucket or a server under Settings, Backups."),
        )
    if plan.kind == Plan.Kind.FOLDER:
        try:
            plan.place.kept()
        except Unreachable as error:
            yield Finding(
                BACKUPS, Level.BROKEN, str(error), _("Mount it again, or choose another place under Settings, Backups.")
            )


def _made(plan: Plan) -> Iterator[Finding]:
    last = Backup.objects.filter(state__in=[Backup.State.MADE, Backup.State.REMOVED]).order_by("-finished_at").first()
    tried = Backup.objects.filter(finished_at__isnull=False).latest_first().first()
    if tried is not None and tried.state == Backup.State.FAILED:
        yield Finding(
            BACKUPS,
            Level.BROKEN,
            _("The last backup failed: %(why)s") % {"why": tried.error},
            _("Mend the cause, then have one made under Settings, Backups."),
        )
    elif last is None and plan.is_on:
        yield Finding(BACKUPS, Level.WARNING, _("There is no backup yet."), _("The first is made within ten minutes."))
    if last is not None and last.finished_at and last.finished_at < timezone.now() - OLD and plan.is_on:
        yield Finding(
            BACKUPS,
            Level.BROKEN,
            _("The last backup was made %(when)s.") % {"when": ago(last.finished_at).striptags()},
            _("Have one made under Settings, Backups, and see why none came by itself."),
        )


def _proven() -> Iterator[Finding]:
    last = Backup.objects.exclude(drill__in=["", Backup.Drill.RUNNING]).order_by("-drilled_at").first()
    proven = Backup.objects.proven().order_by("-drilled_at").first()
    made = Backup.objects.kept().order_by("finished_at").first()
    since = proven.drilled_at if proven else made.finished_at if made else None
    if last is not None and last.drill == Backup.Drill.FAILED:
        wrong = [f"{proof['name']}: {proof['says']}" for proof in last.proofs if not proof["works"]]
        yield Finding(
            BACKUPS,
            Level.BROKEN,
            _("The last backup could not be restored: %(why)s") % {"why": "; ".join(wrong)},
            _("Look at it under Settings, Backups. Keep the older archives until one is restored again."),
        )
    elif since is not None and since < timezone.now() - LONG_UNPROVEN:
        yield Finding(
            BACKUPS,
            Level.BROKEN,
            _("No backup was restored in a drill since %(when)s.") % {"when": ago(since).striptags()},
            _("Open one under Settings, Backups, and have it restored into an empty place."),
        )


def _fine() -> str:
    proven = Backup.objects.proven().order_by("-drilled_at").first()
    if proven is None:
        return _("The first backup is made and will be restored in a moment.")
    told = {"when": ago(proven.drilled_at).striptags(), "rows": proven.rows, "files": proven.files}
    return _("The last one was restored and compared %(when)s: %(rows)d rows, %(files)d files.") % told

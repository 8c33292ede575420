"""Whether the background tasks run."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.core.health import Finding, Level, looks_at
from mainspring.events.models import Event
from mainspring.events.pulse import Pulse
from mainspring.events.pulse import fault as pulse_fault
from mainspring.events.task_rows import TaskRow
from mainspring.events.worker import LONG_ONES, QUICK

TASKS = gettext_lazy("Background tasks")
WRITING, CLOCK = gettext_lazy("Saving"), gettext_lazy("Clock")
APART = timedelta(seconds=90)
LATE, LONG_LATE = timedelta(minutes=5), timedelta(hours=3)
"""So long a task may wait for its turn; one that takes minutes itself, behind others of its kind."""


@looks_at(TASKS, order=20)
def tasks() -> Iterator[Finding]:
    found = [*_at_work(), *_waiting(), *_failed()]
    yield from found or [Finding.fine(TASKS, _("Somebody works on them; nothing waits too long, nothing failed."))]


@looks_at(WRITING, order=9)
def writing() -> Iterator[Finding]:
    """Whether what runs in this process could write a moment ago; the page itself writes nothing."""
    fault = pulse_fault()
    if fault:
        yield Finding(
            WRITING,
            Level.BROKEN,
            _("Nothing can be saved: %(why)s") % {"why": fault},
            _("See that the database runs, that its disk is not full and not set to read-only."),
        )
    else:
        yield Finding.fine(WRITING, _("What is written is kept."))


@looks_at(CLOCK, order=65)
def clock() -> Iterator[Finding]:
    """Against the database's clock, and against what happened already: nothing happened in the future."""
    found = [*_ahead(), *_apart()]
    yield from found or [Finding.fine(CLOCK, _("It goes with the database's, and forward."))]


def _ahead() -> Iterator[Finding]:
    last = Event.objects.order_by("-id").first()
    pulse = Pulse.objects.order_by("-at").first()
    latest = max((one.at for one in (last, pulse) if one is not None), default=None)
    if latest is not None and latest > timezone.now() + APART:
        yield Finding(
            CLOCK,
            Level.BROKEN,
            _("The clock was set back: something happened already at %(when)s.")
            % {"when": f"{latest:%Y-%m-%d %H:%M} UTC"},
            _("Set the clock of this machine right, and have it follow a time server (systemd-timesyncd, chrony)."),
        )


def _apart() -> Iterator[Finding]:
    """SQLite has the clock of this machine; another server has its own."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(cursor.fetchone()[0] - timezone.now())
    if apart > APART:
        yield Finding(
            CLOCK,
            Level.BROKEN,
            _("The database's clock and ours are %(seconds)d seconds apart.") % {"seconds": apart.total_seconds()},
            _("Have both machines follow a time server (systemd-timesyncd, chrony)."),
        )


def _at_work() -> Iterator[Finding]:
    if not Pulse.objects.filter(work="worker").alive().exists():
        yield Finding(
            TASKS,
            Level.BROKEN,
            _("Nothing runs the background tasks: no mail leaves, no reminder comes."),
            _("Start `mainspring serve`, or `mainspring worker` beside it."),
        )


def _waiting() -> Iterator[Finding]:
    now, waiting = timezone.now(), TaskRow.objects.filter(state=TaskRow.State.WAITING)
    late = waiting.filter(QUICK, run_after__lt=now - LATE) | waiting.filter(LONG_ONES, run_after__lt=now - LONG_LATE)
    count = late.count()
    if count:
        says = ngettext("%(count)d task waits for too long.", "%(count)d tasks wait for too long.", count)
        busy = TaskRow.objects.filter(state=TaskRow.State.RUNNING, leased_until__gt=now).order_by("id").first()
        mend = _("Nobody works on them: start `mainspring serve` or `mainspring worker`, or start it again.")
        if busy is not None:
            mend = _(
                "More comes than is done; just now it is %(task)s. Should that last, start a `mainspring worker` more."
            )
            mend %= {"task": busy.name.rpartition(".")[2]}
        yield Finding(TASKS, Level.BROKEN, says % {"count": count}, mend)


def _failed() -> Iterator[Finding]:
    dead = TaskRow.objects.dead().count()
    if dead:
        says = ngettext("%(count)d task failed for good.", "%(count)d tasks failed for good.", dead)
        yield Finding(
            TASKS,
            Level.BROKEN,
            says % {"count": dead},
            _("The page shows each with its error; mend the cause, then run it again."),
        )

"""Whether the audit trail holds, is sealed in time, and has a witness elsewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.health import Finding, Level, looks_at
from mainspring.events.chain import horizon, unsealed
from mainspring.events.marks import details_of, is_ours
from mainspring.privacy.events import TRAIL_BROKEN
from mainspring.privacy.keeping import last_reading

TRAIL = gettext_lazy("Audit trail")
LATE = timedelta(seconds=25)
STALE = timedelta(hours=50)


@looks_at(TRAIL, order=55)
def trail() -> Iterator[Finding]:
    """Whatever stands outside the chain for long, and what the last reading of the whole of it said."""
    reading = last_reading()
    fault = stands_outside()
    if fault:
        yield fault
    elif reading is not None and reading.kind == TRAIL_BROKEN.name:
        yield Finding(
            TRAIL,
            Level.BROKEN,
            str(reading.data.get("what", "")),
            _("Somebody changed the database past Mainspring. Compare it with a backup from before."),
        )
    elif reading is not None and reading.at < timezone.now() - STALE:
        yield Finding(
            TRAIL,
            Level.WARNING,
            _("It was not read for two days."),
            _("It is read every night while `mainspring serve` or `mainspring worker` runs."),
        )
    elif reading is None:
        yield Finding.fine(TRAIL, _("Every event is sealed. The whole trail is read every night."))
    else:
        yield Finding.fine(TRAIL, _("Every event is sealed, and the last reading found them as they were written."))


def stands_outside() -> Finding | None:
    """The first event that is not sealed and should be, and why that is."""
    for row, is_copy in unsealed(after=horizon()):
        if is_copy or not is_ours(row, details_of(row)):
            return Finding(
                TRAIL,
                Level.BROKEN,
                _("Event #%(event)d was put in or changed by other hands.") % {"event": row.id},
                _("`mainspring audit verify` says more. After a new secret key: set SECRET_KEY_FALLBACKS to the old."),
            )
        elif datetime.fromisoformat(row.at).replace(tzinfo=UTC) < timezone.now() - LATE:
            return Finding(
                TRAIL,
                Level.BROKEN,
                _("Events are written and not sealed: nobody works on the audit trail."),
                _("Start `mainspring serve` or `mainspring worker`, or start it again."),
            )
    return None

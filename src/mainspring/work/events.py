"""What work records; all but the catalogue in the ticket's own story."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

SERVICE_ADDED = EventKind("service.added", _("{who} added {name}"), icon="tools")
SERVICE_CHANGED = EventKind("service.changed", _("{who} changed {name}"), icon="edit")
SERVICE_REMOVED = EventKind("service.removed", _("{who} removed {name}"), icon="trash")
SERVICE_RESTORED = EventKind("service.restored", _("{who} restored {name}"), icon="arrow-back-up")
TIMER_STARTED = EventKind("timer.started", _("{who} started the timer for {name}"), icon="player-play")
TIMER_STOPPED = EventKind(
    "timer.stopped", _("{who} stopped the timer of {person}: {time} for {name}"), icon="clock-stop"
)
TIMER_PAUSED = EventKind("timer.paused", _("{who} paused the timer for {name} at {time}"), icon="player-pause")
TIMER_RESUMED = EventKind("timer.resumed", _("{who} goes on with {name}"), icon="player-play")
TIMER_DISCARDED = EventKind("timer.discarded", _("{who} discarded a timer for {name}"), icon="clock-off")
PART_USED = EventKind("part.used", _("{who} used {quantity} × {name}"), icon="package-export")
PART_CHANGED = EventKind("part.changed", _("{who} changed {name}"), icon="edit")
PART_TAKEN_BACK = EventKind("part.taken_back", _("{who} took {quantity} × {name} back"), icon="package-import")
PART_USED_AGAIN = EventKind("part.used_again", _("{who} used {quantity} × {name} after all"), icon="package-export")
CATALOGUE_ADDED = EventKind("catalogue.added", _("{who} added {name} to the services"), icon="list")
CATALOGUE_CHANGED = EventKind("catalogue.changed", _("{who} changed {name} of the services"), icon="list")
DIAGNOSTIC_RULE_SET = EventKind(
    "diagnostic_rule.set", _("{who} set the diagnostic for {device}: {name}"), icon="stethoscope"
)
DIAGNOSTIC_RULE_REMOVED = EventKind(
    "diagnostic_rule.removed", _("{who} removed the diagnostic for {device}"), icon="stethoscope-off"
)

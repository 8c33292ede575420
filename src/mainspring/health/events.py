"""What the health page records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

TASK_REPLAYED = EventKind("task.replayed", _("{who} had the task {name} run again"), icon="rotate")
ALARM_CHANGED = EventKind("alarm.changed", _("{who} changed who is told when something breaks"), icon="bell")
WENT_RED = EventKind("health.went_red", _("{topic}: {says}"), icon="alert-circle")
WENT_GREEN = EventKind("health.went_green", _("{topic} is fine again"), icon="circle-check")

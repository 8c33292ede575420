"""What backups record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

BACKUP_ASKED = EventKind("backup.asked", _("{who} had the backup {name} made"), icon="database")
BACKUP_MADE = EventKind("backup.made", _("The backup {name} was made"), icon="database")
BACKUP_FAILED = EventKind("backup.failed", _("The backup {name} failed: {why}"), icon="database-x")
BACKUP_PROVEN = EventKind("backup.proven", _("The backup {name} was restored and compared"), icon="database-heart")
DRILL_FAILED = EventKind("backup.drill_failed", _("The backup {name} could not be restored: {why}"), icon="database-x")
BACKUP_PLAN_CHANGED = EventKind("backup_plan.changed", _("{who} changed the plan of the backups"), icon="database")

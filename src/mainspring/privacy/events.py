"""What privacy records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

TRAIL_HOLDS = EventKind(
    "audit.holds", _("The audit trail was read: its {count} entries are as they were written"), icon="link"
)
TRAIL_BROKEN = EventKind("audit.broken", _("The audit trail does not hold: {what}"), icon="link-off")
TRAIL_EXPORTED = EventKind("audit.exported", _("{who} exported the audit trail as {format}"), icon="file-export")
CHECKPOINT_GIVEN = EventKind(
    "audit.checkpoint_given", _("A checkpoint of the audit trail at entry {place} went to {where}"), icon="certificate"
)
KEEPING_CHANGED = EventKind("privacy.keeping_changed", _("{who} changed what is kept for how long"), icon="settings")
LET_GO = EventKind("privacy.let_go", _("What is old was let go: {what}"), icon="hourglass-off")
EXPORT_ASKED = EventKind("privacy.export_asked", _("{who} asked for all data of a person"), icon="file-zip")
EXPORT_READY = EventKind("privacy.export_ready", _("The file with all data of a person is ready"), icon="file-zip")
EXPORT_TAKEN = EventKind("privacy.export_taken", _("{who} took the file with all data of a person"), icon="download")
ERASURE_ASKED = EventKind("privacy.erasure_asked", _("{who} asked to erase a person"), icon="eraser")
PERSON_ERASED = EventKind("privacy.person_erased", _("A person was erased; {count} pieces went"), icon="eraser")

"""What tickets record. Names are public, like the API."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

TICKET_OPENED = EventKind("ticket.opened", _("{who} opened the ticket"), icon="ticket")
TICKET_AMENDED = EventKind("ticket.amended", _("{who} changed {fields}"), icon="edit")
TICKET_ASSIGNED = EventKind("ticket.assigned", _("{who} gave the ticket to {assignee}"), icon="user-check")
TICKET_DUE_MOVED = EventKind("ticket.due_moved", _("{who} moved the due date to {due}"), icon="calendar-event")
STATUS_CHANGED = EventKind("ticket.status_changed", _("{who}: {before} → {after}"), icon="arrow-right")
TICKET_RESOLVED = EventKind("ticket.resolved", _("{who} resolved the ticket"), icon="check")
TICKET_CLOSED = EventKind("ticket.closed", _("{who} closed the ticket"), icon="circle-check")
TICKET_REOPENED = EventKind("ticket.reopened", _("{who} reopened the ticket"), icon="rotate")
REPAIR_DECLINED = EventKind("ticket.repair_declined", _("{who}: the customer declined the repair"), icon="hand-stop")
REPAIR_RESUMED = EventKind("ticket.repair_resumed", _("{who}: the repair goes on after all"), icon="hand-click")
NOTE_ADDED = EventKind("note.added", _("{who} wrote to the customer"), icon="message")
INTERNAL_NOTE_ADDED = EventKind("note.internal_added", _("{who} wrote an internal note"), icon="lock")
NOTE_TAKEN_BACK = EventKind("note.taken_back", _("{who} took a note back before it was sent"), icon="arrow-back-up")
CUSTOMER_REPLIED = EventKind("ticket.customer_replied", _("{who} replied"), icon="message-reply")
STRANGER_WROTE = EventKind(
    "ticket.stranger_wrote", _("{who}, who does not belong to the ticket, wrote"), icon="user-question"
)
CONTACT_JOINED = EventKind("ticket.contact_joined", _("{who} added {name} to the ticket"), icon="user-plus")
CONTACT_REMOVED = EventKind("ticket.contact_removed", _("{who} removed {name} from the ticket"), icon="user-minus")
FILE_ATTACHED = EventKind("ticket.file_attached", _("{who} attached {name}"), icon="paperclip")
FILE_REMOVED = EventKind("ticket.file_removed", _("{who} removed {name}"), icon="trash")
PASSCODE_KEPT = EventKind("ticket.passcode_kept", _("{who} kept the device's passcode"), icon="key")
PASSCODE_SHOWN = EventKind("ticket.passcode_shown", _("{who} looked at the device's passcode"), icon="eye")
STATUS_ROW_CHANGED = EventKind("status.changed", _("{who} changed the status {name}"), icon="adjustments")
AUTOMATION_CHANGED = EventKind("automation.changed", _("{who} changed the status automation"), icon="adjustments")

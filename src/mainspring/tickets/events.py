"""What tickets record. Names are public, like the API."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

COLUMNS = {
    "subject": _("what is wrong"),
    "description": _("the details"),
    "priority": _("the priority"),
    "device": _("the device"),
    "device_condition": _("the condition"),
    "accessories": _("the accessories"),
}


def show_columns(names: str) -> str:
    return ", ".join(str(COLUMNS.get(name, name)) for name in names.split(", "))


def show_time(recorded: str) -> str:
    """A recorded time as pages show it; the dash of none stays."""
    try:
        return date_format(localtime(datetime.fromisoformat(recorded)), "DATETIME_FORMAT")
    except ValueError:
        return recorded


TICKET_OPENED = EventKind("ticket.opened", _("{who} opened the ticket"), icon="ticket")
TICKET_AMENDED = EventKind("ticket.amended", _("{who} changed {fields}"), icon="edit", shows={"fields": show_columns})
TICKET_ASSIGNED = EventKind("ticket.assigned", _("{who} gave the ticket to {assignee}"), icon="user-check")
TICKET_DUE_MOVED = EventKind(
    "ticket.due_moved", _("{who} moved the due date to {due}"), icon="calendar-event", shows={"due": show_time}
)
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
STRANGER_ACCEPTED = EventKind(
    "ticket.stranger_accepted", _("{who} accepted {name}, who wrote without belonging to the ticket"), icon="user-check"
)
MESSAGE_CAME = EventKind("ticket.message_came", _("{who} moved a mail here from #{number}"), icon="arrow-right")
MESSAGE_LEFT = EventKind("ticket.message_left", _("{who} moved a mail to #{number}"), icon="arrow-right")
CONTACT_JOINED = EventKind("ticket.contact_joined", _("{who} added {name} to the ticket"), icon="user-plus")
CONTACT_REMOVED = EventKind("ticket.contact_removed", _("{who} removed {name} from the ticket"), icon="user-minus")
CONTACT_RESEATED = EventKind(
    "ticket.contact_reseated", _("{who} changed what {name} is on the ticket"), icon="user-edit"
)
CUSTOMER_CHANGED = EventKind("ticket.contact_leads", _("{who} made {name} the customer"), icon="user-star")
FILE_ATTACHED = EventKind("ticket.file_attached", _("{who} attached {name}"), icon="paperclip")
FILE_REMOVED = EventKind("ticket.file_removed", _("{who} removed {name}"), icon="trash")
FILE_PUT_BACK = EventKind("ticket.file_put_back", _("{who} put {name} back"), icon="arrow-back-up")
STATUS_ROW_CHANGED = EventKind("status.changed", _("{who} changed the status {name}"), icon="adjustments")
STATUS_ROW_ADDED = EventKind("status.added", _("{who} added the status {name}"), icon="adjustments")
STATUS_ROW_REMOVED = EventKind("status.removed", _("{who} took the status {name} away"), icon="adjustments")
AUTOMATION_CHANGED = EventKind("automation.changed", _("{who} changed the status automation"), icon="adjustments")
PAGE_LINKS_ENDED = EventKind(
    "ticket.page_links_ended", _("{who} made the links to the customer's page invalid"), icon="link-off"
)
FRESH_LINK_ASKED = EventKind(
    "ticket.fresh_link_asked", _("{who} asked for a fresh link to the ticket's page"), icon="link"
)
CUSTOMER_ATTACHED = EventKind("ticket.file_sent", _("{who} sent {name}"), icon="paperclip")
CUSTOMER_PAGES_CHANGED = EventKind("customer_pages.changed", _("{who} changed {name}"), icon="adjustments")
VIEW_SAVED = EventKind("view.saved", _("{who} saved the view {name}"), icon="bookmark")
VIEW_CHANGED = EventKind("view.changed", _("{who} changed the view {name}"), icon="bookmark")
VIEW_REMOVED = EventKind("view.removed", _("{who} removed the view {name}"), icon="bookmark-off")

"""What pages record: that a list left the house."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

LIST_TAKEN = EventKind("list.taken", _("{who} took the list {file}"), icon="file-export")

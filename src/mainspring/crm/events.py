"""What the customer files record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

BUSINESS_ADDED = EventKind("business.added", _("{who} added {name}"), icon="building")
BUSINESS_CHANGED = EventKind("business.changed", _("{who} changed {name}"), icon="building")
CONTACT_ADDED = EventKind("contact.added", _("{who} added {name}"), icon="user-plus")
CONTACT_CHANGED = EventKind("contact.changed", _("{who} changed {name}"), icon="user-edit")
DEVICE_ADDED = EventKind("device.added", _("{who} added {name}"), icon="device-laptop")
DEVICE_CHANGED = EventKind("device.changed", _("{who} changed {name}"), icon="device-laptop")

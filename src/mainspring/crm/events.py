"""What the customer files record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

BUSINESS_ADDED = EventKind("business.added", _("{who} added {name}"), icon="building")
BUSINESS_CHANGED = EventKind("business.changed", _("{who} changed {name}"), icon="building")
CONTACT_ADDED = EventKind("contact.added", _("{who} added {name}"), icon="user-plus")
CONTACT_CHANGED = EventKind("contact.changed", _("{who} changed {name}"), icon="user-edit")
CONTACT_MERGED = EventKind("contact.merged", _("{who} merged {name} into {into}"), icon="users-group")
DEVICE_ADDED = EventKind("device.added", _("{who} added {name}"), icon="device-laptop")
DEVICE_CHANGED = EventKind("device.changed", _("{who} changed {name}"), icon="device-laptop")
DEVICE_KIND_ADDED = EventKind("device_kind.added", _("{who} added the kind of device {name}"), icon="devices")
DEVICE_KIND_CHANGED = EventKind("device_kind.changed", _("{who} changed the kind of device {name}"), icon="devices")
DEVICE_KIND_REMOVED = EventKind("device_kind.removed", _("{who} took the kind of device {name} away"), icon="devices")
SIGHT_GIVEN = EventKind("contact.sight_given", _("{who} let {name} see everything of {business}"), icon="eye")
SIGHT_TAKEN = EventKind(
    "contact.sight_taken", _("{who} let {name} see only what is his own of {business}"), icon="eye-off"
)
DECISION_GIVEN = EventKind(
    "contact.decision_given", _("{who} let {name} decide who sees {business}"), icon="user-shield"
)
DECISION_TAKEN = EventKind(
    "contact.decision_taken", _("{who} let {name} decide no more who sees {business}"), icon="user-shield"
)
ACCOUNT_ASKED = EventKind("account.asked", _("{name} asked for an account in the portal"), icon="user-question")
ACCOUNT_INVITED = EventKind("account.invited", _("{who} invited {name} to the portal"), icon="user-plus")
ACCOUNT_OPENED = EventKind("account.opened", _("{name} opened an account in the portal"), icon="user-check")
ACCOUNT_ENDED = EventKind("account.ended", _("{who} ended {name}'s access to the portal"), icon="user-off")

"""What the public site records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

SITE_CHANGED = EventKind("site.changed", _("{who} changed the public site"), icon="world")
SITE_PHOTO_ADDED = EventKind("site.photo_added", _("{who} put the photo {name} on the public site"), icon="photo")
SITE_PHOTO_REMOVED = EventKind("site.photo_removed", _("{who} took a photo off the public site"), icon="photo-off")

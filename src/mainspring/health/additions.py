"""What the health puts into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.health import permissions
from mainspring.ui.slots import SettingsPage, Viewer, settings_pages


@settings_pages.add(order=95, permission=permissions.SEE)
def health(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Health"),
        reverse("health"),
        "heartbeat",
        _("What is wrong with this installation, the mend, and who is told of it."),
        _("check status errors tasks queue disk alarm alert monitoring"),
    )

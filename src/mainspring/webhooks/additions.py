"""What webhooks put into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.ui.slots import SettingsPage, Viewer, settings_pages
from mainspring.webhooks import permissions


@settings_pages.add(order=80, permission=permissions.MANAGE)
def webhooks(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Webhooks"),
        reverse("webhooks"),
        "webhook",
        _("Other programs that are told what happens here."),
        _("api integration events signed zapier"),
    )

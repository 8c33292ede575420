"""What backups put into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.backups import permissions
from mainspring.ui.slots import SettingsPage, Viewer, settings_pages


@settings_pages.add(order=93, permission=permissions.SEE)
def backups(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Backups"),
        reverse("backups"),
        "database",
        _("Where they go, when they are made, and whether the last one could be restored."),
        _("backup restore s3 sftp archive drill"),
    )

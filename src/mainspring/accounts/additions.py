"""What accounts put into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts import permissions
from mainspring.ui.slots import SettingsPage, Viewer, settings_pages


@settings_pages.add(order=20)
def people(viewer: Viewer) -> SettingsPage | None:
    if not viewer.may(permissions.PEOPLE):
        return None
    return SettingsPage(
        _("People"),
        reverse("people"),
        "users",
        _("Who may sign in, and under which role."),
        _("staff users roles password"),
    )


@settings_pages.add(order=90)
def audit(viewer: Viewer) -> SettingsPage | None:
    if not viewer.may(permissions.AUDIT):
        return None
    return SettingsPage(
        _("Audit trail"), reverse("audit"), "list-search", _("Who did what, when and from where."), _("log history")
    )

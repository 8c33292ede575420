"""What the public site puts into the settings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.ui.slots import SettingsGroup, SettingsPage, Viewer, settings_pages
from mainspring.website import permissions


@settings_pages.add(order=44, permission=permissions.SETTINGS)
def public_site(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Public site"),
        reverse("site_settings"),
        "world",
        _("What everybody reads of you: headline, services with prices, hours, photos; and the form to book a repair."),
        _("website www home page services prices opening hours book photos"),
        SettingsGroup.CUSTOMERS,
    )

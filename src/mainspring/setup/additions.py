"""What the settings put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.setup import permissions
from mainspring.ui.slots import Entry, SettingsPage, Viewer, navigation, settings_pages


@navigation.add(order=90)
def settings(person: Viewer) -> Entry | None:
    return Entry("s", _("Settings"), reverse("settings"), "settings") if person.may(permissions.SETTINGS) else None


@settings_pages.add(order=10)
def shop(viewer: Viewer) -> SettingsPage | None:
    if not viewer.may(permissions.SETTINGS):
        return None
    return SettingsPage(
        _("The shop"),
        reverse("shop_settings"),
        "building-store",
        _("Name, address, currency, time zone and tax: what stands on every mail and invoice."),
        _("company logo colour currency time zone tax number"),
    )


@settings_pages.add(order=40)
def automation(viewer: Viewer) -> SettingsPage | None:
    if not viewer.may(permissions.SETTINGS):
        return None
    return SettingsPage(
        _("Status automation"),
        reverse("automation_settings"),
        "adjustments",
        _("Which status changes happen by themselves."),
        _("waiting replied progress closes"),
    )

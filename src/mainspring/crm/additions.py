"""What the customer files put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.crm import permissions
from mainspring.crm.models import Business
from mainspring.ui.slots import (
    Entry,
    SettingsGroup,
    SettingsPage,
    Viewer,
    navigation,
    portal_navigation,
    settings_pages,
)


@navigation.add(order=20, permission=permissions.VIEW)
def customers(person: Viewer) -> Entry:
    return Entry("u", _("Customers"), reverse("contacts"), "users")


@settings_pages.add(order=36, permission=permissions.SETTINGS)
def device_kinds(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Kinds of devices"),
        reverse("device_kinds"),
        "devices",
        _("What you repair: intake offers them, and diagnostic rules go by them."),
        _("phone laptop printer diagnostic"),
        SettingsGroup.WORK,
    )


@portal_navigation.add(order=30)
def devices_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Devices"), reverse("portal_devices"), "device-laptop")


@portal_navigation.add(order=60)
def colleagues_in_portal(person: Viewer) -> Entry | None:
    if not Business.objects.decided_by(person).exists():
        return None
    return Entry("", _("People"), reverse("portal_colleagues"), "users")


@portal_navigation.add(order=90)
def profile_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Profile"), reverse("portal_profile"), "user", also=f"{reverse('portal')}me/")

"""What the settings put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.core.models import Shop
from mainspring.files.pictures import small_png
from mainspring.outbox.letters import shop_logo
from mainspring.outbox.models import Enclosure
from mainspring.setup import permissions
from mainspring.setup.desk import logo_of
from mainspring.ui.slots import (
    Entry,
    FirstStep,
    SettingsGroup,
    SettingsPage,
    Viewer,
    first_steps,
    navigation,
    settings_pages,
)


@navigation.add(order=90, permission=permissions.SETTINGS)
def settings(person: Viewer) -> Entry:
    return Entry("e", _("Settings"), reverse("settings"), "settings")


@settings_pages.add(order=10, permission=permissions.SETTINGS)
def shop(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("The shop"),
        reverse("shop_settings"),
        "building-store",
        _("Name, address, currency, time zone and tax: what stands on every mail and invoice."),
        _("company logo colour currency time zone tax number"),
        SettingsGroup.SHOP,
    )


@first_steps.add(order=10, permission=permissions.SETTINGS)
def say_who_we_are(viewer: Viewer) -> FirstStep:
    shop = Shop.get()
    return FirstStep(
        _("Say who you are"),
        _("Address, phone and logo stand on every mail and invoice."),
        reverse("shop_settings"),
        bool(shop.phone and shop.street),
    )


@settings_pages.add(order=12, permission=permissions.SETTINGS)
def taxes(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Taxes"),
        reverse("taxes"),
        "receipt-tax",
        _("The taxes that services and products carry."),
        _("vat rate per cent exempt"),
        SettingsGroup.SHOP,
    )


@shop_logo.add(order=10)
def logo_in_mails(shop: Shop) -> Enclosure | None:
    """The logo, small, as a picture of every letter."""
    kept = logo_of(shop)
    if kept is None or not kept.is_picture:
        return None
    return Enclosure("logo.png", "image/png", small_png(kept.path, (440, 88)), content_id="logo")


@settings_pages.add(order=40, permission=permissions.SETTINGS)
def automation(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Status automation"),
        reverse("automation_settings"),
        "adjustments",
        _("Which status changes happen by themselves."),
        _("waiting replied progress closes"),
        SettingsGroup.WORK,
    )

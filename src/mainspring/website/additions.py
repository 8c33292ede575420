"""What the public site puts into the settings and into its own frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.ui.slots import Entry, SettingsGroup, SettingsPage, Viewer, settings_pages, site_ways
from mainspring.website import permissions
from mainspring.website.models import Site


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


@site_ways.add(order=10)
def booking() -> Entry | None:
    site = Site.get()
    if not (site.is_on and site.takes_bookings):
        return None
    return Entry("", _("Book a repair"), reverse("site_book"), "calendar-plus")


@site_ways.add(order=30)
def checking() -> Entry:
    return Entry("", _("Check a ticket"), reverse("site_check"), "search")

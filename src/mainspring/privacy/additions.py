"""What privacy puts into the settings and the customers' pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.accounts.permissions import AUDIT
from mainspring.crm.models import Contact
from mainspring.crm.slots import contact_panels
from mainspring.privacy import permissions
from mainspring.ui.slots import Entry, Piece, SettingsPage, Viewer, portal_navigation, settings_pages


@settings_pages.add(order=90, permission=AUDIT)
def audit(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Audit trail"), reverse("audit"), "list-search", _("Who did what, when and from where."), _("log history")
    )


@settings_pages.add(order=91, permission=permissions.KEEPING)
def audit_settings(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("Proof of the audit trail"),
        reverse("audit_settings"),
        "certificate",
        _("Whether every entry is as it was written, and where the signed checkpoints go."),
        _("audit log chain hash checkpoint tamper verify"),
    )


@settings_pages.add(order=92, permission=permissions.KEEPING)
def retention(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        _("What is kept for how long"),
        reverse("retention"),
        "hourglass",
        _("After how many months old mails, files and names go by themselves."),
        _("privacy gdpr retention delete erase"),
    )


@contact_panels.add(order=90)
def data(contact: Contact, person: Person) -> Piece | None:
    return Piece("privacy/_contact.html", {"contact": contact}) if person.may(permissions.PERSONS) else None


@portal_navigation.add(order=95)
def data_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("My data"), reverse("portal_data"), "shield-lock")

"""What reports put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.reports import permissions
from mainspring.ui.slots import Entry, Viewer, navigation


@navigation.add(order=5, permission=permissions.DASHBOARD)
def dashboard(person: Viewer) -> Entry:
    return Entry("d", _("Today"), reverse("dashboard"), "home")

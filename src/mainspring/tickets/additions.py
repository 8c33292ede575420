"""What tickets put into the frame: the rail's first entry."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.tickets import permissions
from mainspring.ui.slots import Entry, Viewer, navigation


@navigation.add(order=10)
def tickets(person: Viewer) -> Entry | None:
    return Entry("t", _("Tickets"), reverse("tickets"), "ticket") if person.may(permissions.VIEW) else None

"""What the stock puts into others' places."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.inventory import permissions
from mainspring.ui.slots import Entry, Viewer, navigation


@navigation.add(order=30)
def stock(person: Viewer) -> Entry | None:
    return Entry("s", _("Stock"), reverse("products"), "packages") if person.may(permissions.VIEW) else None

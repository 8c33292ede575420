"""What the mail pages put into the frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.notifications import permissions
from mainspring.ui.slots import Entry, Viewer, navigation


@navigation.add(order=60)
def mail(person: Viewer) -> Entry | None:
    return Entry("m", _("Mail"), reverse("mail_out"), "mail") if person.may(permissions.MAIL) else None

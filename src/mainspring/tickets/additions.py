"""What tickets put into the frame: the rail's first entry, tickets and callers in the palette."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.tickets import permissions
from mainspring.tickets.models import Ticket
from mainspring.ui.slots import Act, Entry, Viewer, navigation, palette


@navigation.add(order=10)
def tickets(person: Viewer) -> Entry | None:
    return Entry("t", _("Tickets"), reverse("tickets"), "ticket") if person.may(permissions.VIEW) else None


@palette.add(order=10)
def found_tickets(viewer: Viewer, words: str) -> list[Act] | None:
    if not words.strip() or not isinstance(viewer, Person):
        return None
    found = Ticket.objects.visible_to(viewer).matching(words).order_by("-updated_at")[:8]
    return [Act(f"#{one.number} {one.subject}", reverse("ticket", args=[one.number]), "ticket") for one in found]

"""What the staff hears when the money does not add up."""

from mainspring.accounts.models import Person, Role
from mainspring.billing.events import BOOKS_DIFFER
from mainspring.core.links import link
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.notifications import letters
from mainspring.notifications.reactions.tickets import tell_person


@after_commit(BOOKS_DIFFER)
def warn_of_a_difference(event: Event) -> None:
    """To the owner and whoever does the billing, each night until it is mended."""
    values = {"what": event.data["what"], "link": link("health")}
    for person in Person.objects.working().filter(role__in=(Role.OWNER, Role.BILLING)):
        tell_person(person, letters.BOOKS_DIFFER, values, serial=f"event:{event.pk}")

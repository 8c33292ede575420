"""What the owner hears when a backup fails, or can't be restored."""

from mainspring.accounts.models import Person, Role
from mainspring.backups.events import BACKUP_FAILED, DRILL_FAILED
from mainspring.core.links import link
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.notifications import letters
from mainspring.notifications.reactions.tickets import tell_person


@after_commit(BACKUP_FAILED, DRILL_FAILED)
def warn_of_a_failed_backup(event: Event) -> None:
    """To the owners, each time: a night without a backup is nothing to get used to."""
    told = {"backup": event.data["name"], "drill": event.kind == DRILL_FAILED.name, "why": event.data["why"]}
    for person in Person.objects.working().filter(role=Role.OWNER):
        tell_person(person, letters.BACKUP_FAILED, {**told, "link": link("backups")}, serial=f"event:{event.pk}")

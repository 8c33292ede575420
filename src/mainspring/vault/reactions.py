"""What the vault does when a job is done."""

from mainspring.events.models import Event, reference
from mainspring.events.reactions import after_commit
from mainspring.tickets.events import TICKET_CLOSED, TICKET_RESOLVED
from mainspring.tickets.models import Ticket
from mainspring.vault.events import CREDENTIAL_SETTLED, LOOKS
from mainspring.vault.models import Credential, VaultRules


@after_commit(TICKET_RESOLVED, TICKET_CLOSED)
def remind_to_change(event: Event) -> None:
    """What was looked at for this ticket, and was not changed since, should be changed."""
    ticket = Ticket.objects.filter(pk=event.subject.partition(":")[2]).first()
    if ticket is not None and ticket.is_done and VaultRules.get().reminds:
        for credential in looked_at_for(ticket):
            credential.fall_due(ticket)


def looked_at_for(ticket: Ticket) -> list[Credential]:
    """The credentials somebody looked at in this ticket's story, that are as they were, and nobody settled since."""
    looks = Event.objects.filter(stream=reference(ticket), kind__in=[kind.name for kind in LOOKS]).order_by("id")
    latest = {look.subject: look for look in looks}
    settled = Event.objects.filter(subject__in=latest, kind=CREDENTIAL_SETTLED.name)
    done = {event.subject for event in settled if event.pk > latest[event.subject].pk}
    pks = {int(subject.partition(":")[2]): look.at for subject, look in latest.items() if subject not in done}
    known = Credential.objects.standing().defer("facts", "secrets", "file").in_bulk(list(pks))
    return [one for pk, one in known.items() if one.changed_at <= pks[pk]]

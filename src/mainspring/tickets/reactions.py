"""What belongs to an act elsewhere: a merged contact's tickets go with him."""

from mainspring.crm.events import CONTACT_MERGED
from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.tickets.models import Participant, Ticket


@in_transaction(CONTACT_MERGED)
def tickets_go_to_whom_is_kept(event: Event, contact: Contact) -> None:
    """His tickets and his seats; where both sat, one seat is left. Who wrote what stays as it was written."""
    kept: int = event.data["kept"]
    theirs = Ticket.objects.filter(contact=contact)
    moved = list(theirs.values_list("pk", flat=True))
    theirs.update(contact=kept)
    taken = Participant.objects.filter(contact=kept).values("ticket")
    Participant.objects.filter(contact=contact, ticket__in=taken).delete()
    Participant.objects.filter(contact=contact).update(contact=kept)
    Participant.objects.filter(contact=kept, ticket__contact=kept).delete()
    for ticket in Ticket.objects.with_people().filter(pk__in=moved):
        ticket.be_found()

"""What the public site does in the background, so that its answer takes as long for everybody."""

from django.db import transaction
from django_tasks import task

from mainspring.crm.models import Contact
from mainspring.events.models import record
from mainspring.tickets.events import FRESH_LINK_ASKED
from mainspring.tickets.models import PageLink, Ticket


@task()
def mail_link(number: int, email: str) -> None:
    """Somebody named a ticket and a mail address: when they belong together, the address gets the ticket's link."""
    ticket = Ticket.objects.with_people().filter(number=number).first()
    for contact in Contact.objects.reached_at(email=email).select_related("business"):
        if ticket is not None and contact.email.lower() == email.lower() and ticket.belongs(contact):
            with transaction.atomic():
                made = PageLink.objects.for_reader(ticket, contact)
                record(FRESH_LINK_ASKED, made, by=contact, stream=ticket)

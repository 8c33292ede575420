"""Whoever is to have an account in the portal hears how he gets it. His new mail address is his contact's too."""

from mainspring.accounts.events import ADDRESS_CHANGED
from mainspring.accounts.models import Person
from mainspring.core.links import link
from mainspring.crm import letters
from mainspring.crm.events import ACCOUNT_ASKED, ACCOUNT_INVITED
from mainspring.crm.models import Contact, Joining
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit, in_transaction
from mainspring.outbox.models import Pace


@after_commit(ACCOUNT_ASKED)
def answer_who_asked(event: Event) -> None:
    """The link to an account, or to a new password for one. Our own staff, and who was let go, hear nothing."""
    asked = _joining(event)
    person = Person.objects.filter(email__iexact=asked.email).first()
    known = Contact.objects.reached_at(email=asked.email).select_related("business").first()
    if person is None or (person.is_customer and person.is_active):
        letters.send(
            letters.KNOWN if person else letters.JOIN,
            email=asked.email,
            name=person.name if person else asked.name,
            address=link("portal_join", asked.new_token()),
            key=f"event-{event.pk}",
            language=person.language if person else known.speaks if known else "",
        )


@in_transaction(ADDRESS_CHANGED)
def take_the_new_address(event: Event, person: Person) -> None:
    """He has shown that it is his; a contact to whom we write elsewhere is left alone."""
    for account in person.accounts.select_related("contact__business"):
        if account.contact.email.lower() == event.data["old"].lower():
            account.contact.amend(by=account.contact, email=person.email)


@after_commit(ACCOUNT_INVITED)
def mail_portal_invitation(event: Event) -> None:
    invited = _joining(event)
    language = invited.contact.speaks if invited.contact else ""
    address = link("portal_join", invited.new_token())
    letters.send(
        letters.INVITED,
        email=invited.email,
        name=invited.name,
        address=address,
        key=f"event-{event.pk}",
        language=language,
        pace=Pace.CHOSEN,
    )


def _joining(event: Event) -> Joining:
    return Joining.objects.select_related("contact__business").get(pk=int(event.subject.partition(":")[2]))

"""What a contact agrees to is kept: when, in which words, from where. Who asked for data hears when they are ready."""

from django.utils.translation import gettext

from mainspring.accounts.models import Person
from mainspring.core.links import link
from mainspring.crm.events import ACCOUNT_OPENED, CONTACT_ADDED, CONTACT_CHANGED
from mainspring.crm.letters import send
from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit, in_transaction
from mainspring.outbox.models import Pace
from mainspring.privacy.events import EXPORT_ASKED, EXPORT_READY
from mainspring.privacy.letters import DATA_READY
from mainspring.privacy.models import Consent

ABOUT = ("wants_news", "wants_updates")
ACCOUNT = "account"


@in_transaction(CONTACT_CHANGED)
def keep_what_was_agreed(event: Event, contact: Contact) -> None:
    for column in ABOUT:
        if column in event.data["changes"]:
            _keep(event, contact, column, is_given=bool(getattr(contact, column)))


@in_transaction(CONTACT_ADDED)
def keep_what_was_agreed_at_first(event: Event, contact: Contact) -> None:
    if contact.wants_news:
        _keep(event, contact, "wants_news", is_given=True)


@in_transaction(ACCOUNT_OPENED)
def keep_that_he_opened_an_account(event: Event, contact: Contact) -> None:
    _keep(event, contact, ACCOUNT, is_given=True, words=gettext("An account in the portal"))


@after_commit(EXPORT_READY)
def tell_who_asked(event: Event) -> None:
    """A customer fetches it in the portal, one of us at the person's page."""
    for asked in Event.objects.filter(kind=EXPORT_ASKED.name, subject=event.subject):
        kind, _colon, pk = asked.actor.partition(":")
        if kind == "person":
            reader: Person | Contact = Person.objects.get(pk=pk)
            address = link("person_data", event.stream.partition(":")[2])
        else:
            reader, address = Contact.objects.get(pk=pk), link("portal_data")
        send(
            DATA_READY,
            email=reader.email,
            name=reader.name,
            address=address,
            language=reader.language if isinstance(reader, Person) else reader.speaks,
            key=str(asked.pk),
            pace=Pace.CHOSEN,
        )


def _keep(event: Event, contact: Contact, about: str, *, is_given: bool, words: str = "") -> None:
    label = words or getattr(Contact._meta.get_field(about), "verbose_name", "")
    Consent.objects.create(
        contact=contact,
        about=about,
        words=str(label)[:300],
        is_given=is_given,
        by_himself=event.actor == contact.actor_key,
        by_name=event.actor_name,
        origin=event.origin,
        at=event.at,
    )

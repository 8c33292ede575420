"""What a contact agrees to is kept: when, in which words, from where."""

from django.utils.translation import gettext

from mainspring.crm.events import ACCOUNT_OPENED, CONTACT_ADDED, CONTACT_CHANGED
from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
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

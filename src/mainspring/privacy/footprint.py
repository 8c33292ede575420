"""Where a person left his traces: his contacts, accounts and tickets, and the words by which he is known."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from mainspring.accounts.models import Person
from mainspring.core.shop import Shop
from mainspring.crm.models import Account, Business, Contact, Device, phone_digits
from mainspring.events.models import Event, EventQuerySet
from mainspring.inbox.models import ReceivedMail
from mainspring.outbox.models import OutgoingMail
from mainspring.privacy.events import ERASURE_ASKED
from mainspring.privacy.trail import any_of
from mainspring.tickets.models import Attachment, Message, Ticket

SHORTEST = 5
"""Letters that a name or number has at least to be looked for in others' words."""


class Footprint:
    """Everything that is about one person. Read once; what he is called is gone when he is erased."""

    def __init__(self, contact: Contact) -> None:
        self.contacts = list(contact.he_and_merged())
        self.people = list(_only_his(self.contacts))
        self.himself: list[Contact | Person] = [*self.contacts, *self.people]
        self.words = sorted(set(self._called()) - set(_called_others(self)), key=len, reverse=True)
        self.emails = _distinct(one.email.lower() for one in self.himself if one.email in self.words)
        """Those that nobody else reads."""

    @property
    def keys(self) -> list[str]:
        """How events name him."""
        return [one.actor_key for one in self.himself]

    @property
    def tickets(self) -> "list[int]":
        return list(Ticket.objects.filter(contact__in=self.contacts).values_list("pk", flat=True))

    def titles(self) -> list[str]:
        """Under what his tickets and devices are found."""
        devices = Device.objects.filter(owner__in=self.contacts).values_list("serial", flat=True)
        return [*Ticket.objects.filter(pk__in=self.tickets).values_list("subject", flat=True), *devices]

    def at_home(self) -> Q:
        """What the vault keeps for him: on himself, on his tickets and on his devices."""
        return Q(contact__in=self.contacts) | Q(ticket__in=self.tickets) | Q(device__owner__in=self.contacts)

    def messages(self) -> Q:
        """What he said, and on his own tickets what was said about him, but not what another customer said there."""
        his = Q(contact__in=self.contacts)
        return his | (Q(ticket__in=self.tickets, contact=None))

    def said(self) -> "list[int]":
        return list(Message.objects.filter(self.messages()).values_list("pk", flat=True))

    def attachments(self) -> "list[tuple[int, int]]":
        """Files of his tickets, but another customer's own, and of what he said elsewhere; with their stored files."""
        others = Q(message__contact__isnull=False) & ~Q(message__contact__in=self.contacts)
        his = Q(ticket__in=self.tickets) | Q(message__contact__in=self.contacts)
        return list(Attachment.objects.filter(his).exclude(others).values_list("pk", "file_id"))

    def received(self) -> Q:
        return (
            Q(pk__in=self.sent_by_him(ReceivedMail.objects.all()))
            | Q(ticket__in=self.tickets)
            | Q(became__contact__in=self.contacts)
        )

    def sent_by_him(self, mails: "QuerySet[Any]") -> list[int]:
        """Which of these mails have his address in their `sender`, and not only one that ends like it."""
        alike = Q(pk__in=[])
        for email in self.emails:
            alike |= Q(sender__icontains=email)
        senders = mails.filter(alike).values_list("pk", "sender")
        return [pk for pk, sender in senders if pattern(self.emails).search(sender)]

    def mails(self) -> Q:
        """Mails to him, on his tickets, and to the staff about them."""
        told = OutgoingMail.objects.filter(stream="", key__startswith="event:").values_list("pk", "key")
        about = Event.objects.filter(stream__in=self.streams()).values_list("pk", flat=True)
        known = {str(pk) for pk in about}
        to_staff = [pk for pk, key in told.iterator() if key.split(":")[1] in known]
        return Q(address__in=self.emails) | Q(stream__in=self.streams()) | Q(pk__in=to_staff)

    def streams(self) -> list[str]:
        devices = Device.objects.filter(owner__in=self.contacts).values_list("pk", flat=True)
        return [*self.keys, *(f"ticket:{pk}" for pk in self.tickets), *(f"device:{pk}" for pk in devices)]

    def events(self) -> EventQuerySet:
        """What he did, what was done to him, what happened on his tickets, and whatever names him."""
        return any_of(_told(), self.words, self._acts())

    def counts(self) -> dict[str, int]:
        """How much there is of him."""
        return {
            "tickets": len(self.tickets),
            "messages": len(self.said()),
            "files": len(self.attachments()),
            "received": ReceivedMail.objects.filter(self.received()).count(),
            "mails": OutgoingMail.objects.filter(self.mails()).count(),
            "events": _told().filter(self._acts()).count(),
        }

    def _acts(self) -> Q:
        return Q(stream__in=self.streams()) | Q(subject__in=self.keys) | Q(actor__in=self.keys)

    def _called(self) -> Iterator[str]:
        for one in self.himself:
            yield from (one.name, one.email, one.phone)
        for contact in self.contacts:
            yield from (contact.phone_digits, contact.street)


def pattern(words: Iterable[str]) -> "re.Pattern[str]":
    """Matches each of the words, in any case, where it stands by itself."""
    return re.compile(rf"(?<![\w.@-])(?:{'|'.join(re.escape(word) for word in words)})(?![\w-]|\.\w)", re.IGNORECASE)


def spellings(words: Iterable[str]) -> list[str]:
    """The words as they stand in a text, and as JSON may write them."""
    return _distinct(spelt for word in words for spelt in (word, json.dumps(word)[1:-1]))


def _told() -> EventQuerySet:
    return Event.objects.filter(mark__isnull=False).exclude(kind=ERASURE_ASKED.name)


def _only_his(contacts: list[Contact]) -> Iterator[Person]:
    """The portal accounts of these contacts that are nobody else's."""
    for person in Person.objects.filter(accounts__contact__in=contacts).distinct():
        if person.is_customer and not Account.objects.filter(person=person).exclude(contact__in=contacts).exists():
            yield person


def _called_others(footprint: Footprint) -> Iterator[str]:
    """What is not his alone: the office's phone, a family's mail address, a name that two people have."""
    shop = Shop.get()
    yield from (word for word in footprint._called() if len(word.strip()) < SHORTEST)
    yield from (shop.name, shop.email, shop.phone, shop.street)
    for word in footprint._called():
        alike = Q(name__iexact=word) | Q(email__iexact=word) | Q(phone=word)
        street, digits = Q(street=word), Q(phone_digits=word)
        contacts = Contact.objects.exclude(pk__in=[one.pk for one in footprint.contacts])
        people = Person.objects.exclude(pk__in=[one.pk for one in footprint.people])
        if (
            contacts.filter(alike | street | digits).exists()
            or Business.objects.filter(alike | street).exists()
            or people.filter(alike).exists()
            or word
            in {
                phone_digits(phone)
                for phone in Business.objects.filter(contacts__in=footprint.contacts).values_list("phone", flat=True)
                if phone
            }
        ):
            yield word


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))

"""Erasing a person: everything of him goes, but for the papers that the law has us keep.

Step by step, each in a transaction of its own, so that a killed worker goes on; his name goes last, since by it the
rest is found. The contact's row stays without a word in it: issued papers point to it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from mainspring.accounts.models import AccessToken, ApiSession, MailedKey, Person
from mainspring.billing.finding import INVOICE
from mainspring.billing.models import Invoice
from mainspring.core import search
from mainspring.core.frozen import frozen_tables
from mainspring.core.models import Tries
from mainspring.crm.models import CONTACT, DEVICE, Account, Contact, Device, Joining, Sight
from mainspring.estimates.models import Draft as EstimateDraft
from mainspring.events.forgetting import forget_details
from mainspring.events.models import TaskRow, record
from mainspring.inbox.models import LeftMail, ReceivedMail
from mainspring.outbox.models import Addressee, OutgoingMail
from mainspring.privacy.events import PERSON_ERASED
from mainspring.privacy.files import remove_files
from mainspring.privacy.footprint import Footprint, pattern, spellings
from mainspring.privacy.models import Consent, Erasure, Export, Work
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Attachment, Draft, Message, PageLink, Participant, Ticket
from mainspring.vault.models import Credential, HandIn
from mainspring.webhooks.models import Delivery

log = logging.getLogger(__name__)

ERASED = "[…]"
"""What stands where words of his stood."""
OTHERS_OWN = ("crm.contact", "crm.business", "accounts.person", "core.shop")
"""Of these, other rows are other people: only remarks on them may speak of him."""
UNSWEPT = ("sessions.session", "core.searchdocument", "core.searchkey", "events.event")
AT_ONCE = 500
BINARY = (("inbox", "ReceivedMail", "raw"), ("outbox", "OutgoingPart", "content"), ("api", "Answered", "body"))


class Erasing:
    """One erasure, from the first step to the last."""

    def __init__(self, erasure: Erasure) -> None:
        self.erasure = erasure
        self.him = Footprint(erasure.contact)
        self.pieces = 0

    def erase(self) -> None:
        """Every step; each may be done twice."""
        steps: list[Callable[[], None]] = [
            self.shut_out, self.conversation, self.files, self.mails, self.things, self.mentions, self.name,
        ]  # fmt: skip
        for number, step in enumerate(steps, 1):
            self.erasure.is_at(number, len(steps))
            with transaction.atomic():
                _overwrite()
                step()
        _tidy()

    def shut_out(self) -> None:
        """He can't sign in any more, and nothing that let him in stays."""
        people = self.him.people
        Person.objects.filter(pk__in=[one.pk for one in people]).update(is_active=False)
        numbers = {str(one.pk) for one in people}
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") in numbers:
                self.went(session.delete())
        for person in people:
            for held in (person.sittings, person.known_browsers, person.mailed_keys):
                self.went(held.all().delete())
        self.went(Authenticator.objects.filter(user__in=people).delete())
        self.went(SocialAccount.objects.filter(user__in=people).delete())
        for tokens in (AccessToken, ApiSession):
            self.went(tokens._default_manager.filter(holder__in=self.him.keys).delete())
        self.went(MailedKey.objects.filter(email__in=self.him.emails).delete())
        for email in self.him.emails:
            self.went(Tries.objects.filter(key__endswith=f":{email}").delete())
        self.went(Joining.objects.filter(Q(contact__in=self.him.contacts) | Q(email__in=self.him.emails)).delete())
        self.went(PageLink.objects.filter(contact__in=self.him.contacts).delete())

    def conversation(self) -> None:
        """The words on his tickets, his or about him, and his words elsewhere."""
        titles = self.him.titles()
        said = Message.objects.filter(pk__in=self.him.said())
        self.pieces += said.update(text=ERASED, quoted="", html="", message_id="")
        Message.objects.filter(contact__in=self.him.contacts).update(author_name=ERASED)
        blank = dict.fromkeys(("description", "device_condition", "accessories", "last_line"), "")
        self.pieces += Ticket.objects.filter(pk__in=self.him.tickets).update(subject=ERASED, **blank)
        Ticket.objects.filter(pk__in=self._elsewhere()).update(last_line="")
        for kept in (HandIn, Credential):
            self.went(kept._default_manager.filter(self.him.at_home()).delete())
        self.pieces += Rating.objects.filter(Q(contact__in=self.him.contacts) | Q(ticket__in=self.him.tickets)).update(
            comment=""
        )
        for pk in self.him.tickets:
            self.went(Draft.objects.filter(place__startswith=f"ticket:{pk}:").delete())
        self.went(EstimateDraft.objects.filter(ticket__in=self.him.tickets).delete())
        _find_again(self.him.tickets)
        search.unlearn(titles)

    def files(self) -> None:
        attached = self.him.attachments()
        Attachment.objects.filter(pk__in=[pk for pk, _file in attached]).delete()
        self.pieces += remove_files(file for _pk, file in attached)
        for export in Export.objects.filter(contact__in=self.him.contacts):
            export.remove()

    def mails(self) -> None:
        """What came from him, what went to him, and what both were about."""
        self.went(ReceivedMail.objects.filter(self.him.received()).delete())
        self.went(OutgoingMail.objects.filter(self.him.mails()).delete())
        self.went(Addressee.objects.filter(address__in=self.him.emails).delete())
        left = self.him.sent_by_him(LeftMail.objects.all())
        self.pieces += LeftMail.objects.filter(pk__in=left).update(sender="", subject="")

    def things(self) -> None:
        """What he owns, and his places on others' tickets."""
        his = Device.objects.filter(owner__in=self.him.contacts)
        self.pieces += his.update(serial="", remarks="")
        for device in his:
            search.forget(DEVICE, device.pk)
        self.went(Participant.objects.filter(contact__in=self.him.contacts).delete())
        self.went(Sight.objects.filter(contact__in=self.him.contacts).delete())
        self.went(Consent.objects.filter(contact__in=self.him.contacts).delete())

    def mentions(self) -> None:
        """Where others' words name him: his name, address and number alone go."""
        if self.him.words:
            for app, model, column in BINARY:
                self.went(_holding(apps.get_model(app, model), column, self.him.words).delete())
            done = TaskRow.objects.filter(state__in=[TaskRow.State.DONE, TaskRow.State.DEAD])
            self.went(any_telling(done, ("args", "kwargs"), self.him.words).delete())
            _find_again(set().union(*(self._sweep(model) for model in _models())))

    def name(self) -> None:
        """The events' details, the search, and last his name."""
        for pk in [one.pk for one in self.him.contacts]:
            search.forget(CONTACT, pk)
        told = list(self.him.events().values_list("pk", flat=True))
        for first in range(0, len(told), AT_ONCE):
            self.went(Delivery.objects.filter(event__in=told[first : first + AT_ONCE]).delete())
        self.pieces += forget_details(self.him.events(), by=None, why="A person was erased")
        for person in self.him.people:
            blank = {"email": f"erased-{person.pk}@erased.invalid", "name": ERASED, "phone": "", "password": "!"}
            Person.objects.filter(pk=person.pk).update(**blank)
        Account.objects.filter(contact__in=self.him.contacts).delete()
        texts = ("title", "email", "phone", "phone_digits", "street", "postcode", "city", "exempt_reason", "remarks")
        Contact.objects.filter(pk__in=[one.pk for one in self.him.contacts]).update(
            name=ERASED, business=None, wants_news=False, wants_updates=False, erased_at=timezone.now(),
            **dict.fromkeys(texts, ""),
        )  # fmt: skip
        for invoice in Invoice.objects.filter(contact__in=self.him.contacts):
            search.index(INVOICE, invoice.pk, title=invoice.code, keys=[invoice.code])
        _find_again([*self.him.tickets, *self._elsewhere()])
        search.unlearn([*self.him.words, *(one.name for one in self.him.contacts)])
        Erasure.objects.filter(pk=self.erasure.pk).update(
            state=Work.State.DONE, done_at=timezone.now(), pieces=self.pieces
        )
        record(PERSON_ERASED, self.erasure, by=None, data={"count": self.pieces})

    def went(self, deleted: tuple[int, dict[str, int]]) -> None:
        self.pieces += deleted[0]

    def _elsewhere(self) -> list[int]:
        """Others' tickets on which he said something or has a seat."""
        said = Message.objects.filter(contact__in=self.him.contacts).values_list("ticket", flat=True)
        seats = Participant.objects.filter(contact__in=self.him.contacts).values_list("ticket", flat=True)
        return sorted({*said, *seats} - set(self.him.tickets))

    def _sweep(self, model: type[models.Model]) -> set[int]:
        """Take his name, address and number out of every text of a table; the tickets that it touched."""
        touched: set[int] = set()
        fields = [field for field in model._meta.concrete_fields if _may_name_him(model, field)]
        if not fields:
            return touched
        his = pattern(self.him.words)
        named = any_telling(model._default_manager.all(), [field.name for field in fields], self.him.words)
        for row in named:
            changed = {field.attname: _without(getattr(row, field.attname), his, field) for field in fields}
            changed = {name: value for name, value in changed.items() if value != getattr(row, name)}
            if changed:
                model._default_manager.filter(pk=row.pk).update(**changed)
                self.pieces += 1
                touched |= _tickets_of(row)
        return touched


def _models() -> Iterator[type[models.Model]]:
    """Every table whose rows may change."""
    frozen = set(frozen_tables())
    for model in apps.get_models():
        if model._meta.db_table not in frozen and model._meta.label_lower not in UNSWEPT:
            yield model


def _may_name_him(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    if field.primary_key or field.choices:
        return False
    elif model._meta.label_lower in OTHERS_OWN:
        return isinstance(field, TextField)
    else:
        return isinstance(field, (models.CharField, TextField, models.JSONField))


def _without(value: Any, his: Any, field: models.Field[Any, Any]) -> Any:
    """A text, or what JSON holds, without his name."""
    if isinstance(value, str):
        cleaned = his.sub("" if isinstance(field, models.EmailField) else ERASED, value)
        return cleaned[: field.max_length] if field.max_length else cleaned
    elif isinstance(value, dict):
        return {key: _without(one, his, field) for key, one in value.items()}
    elif isinstance(value, list):
        return [_without(one, his, field) for one in value]
    else:
        return value


def _find_again(tickets: Iterable[int]) -> None:
    for ticket in Ticket.objects.with_people().filter(pk__in=list(tickets)):
        ticket.be_found()


def _tickets_of(row: models.Model) -> set[int]:
    if isinstance(row, Ticket):
        return {row.pk}
    else:
        return {pk} if isinstance(row, Message) and (pk := row.ticket_id) else set()


def any_telling(rows: "models.QuerySet[Any]", columns: Iterable[str], words: Iterable[str]) -> "models.QuerySet[Any]":
    """The rows in whose text or JSON one of the words stands."""
    named = Q()
    for column in columns:
        rows = rows.alias(**{f"told_{column}": Cast(column, TextField())})
        for word in spellings(words):
            named |= Q(**{f"told_{column}__icontains": word})
    return rows.filter(named)


def _holding(model: type[models.Model], column: str, words: list[str]) -> "models.QuerySet[Any]":
    """Rows whose bytes have one of the words in them."""
    finds = {"sqlite": f"instr({column}, %s) > 0", "postgresql": f"position(%s::bytea in {column}) > 0"}
    spelt = [word.encode() for word in spellings(words)]
    condition = " OR ".join([finds[connection.vendor]] * len(spelt))
    return model._default_manager.extra(where=[f"({condition})"], params=spelt)  # noqa: S610 (constants)


def _overwrite() -> None:
    """What SQLite deletes is overwritten with zeros, not only given free."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def _tidy() -> None:
    """The index of words is written anew without those that went, and the log of changes begins again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO core_searchdocument (core_searchdocument) VALUES ('optimize')")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

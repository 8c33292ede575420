"""Filing a mail: finding out what it is and where it belongs, by a list of rules one can read aloud."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.files.models import StoredFile
from mainspring.inbox.models import ReceivedMail
from mainspring.inbox.parsing import ParsedMail, SenderCheck, Unreadable, Verdict
from mainspring.outbox.models import Addressee
from mainspring.tickets.models import Ticket
from mainspring.tickets.models.message import Message

NO_SUBJECT = "–"


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: filed into a ticket or parked, by which rule, going by what."""

    state: str
    rule: str
    ticket: Ticket | None = None
    message: Message | None = None
    by_what: dict[str, Any] = field(default_factory=dict)


class Filing:
    """One mail on its way into a ticket. `file` does everything in one transaction, once."""

    def __init__(self, received: ReceivedMail) -> None:
        self.received = received

    @classmethod
    def read(cls, received: ReceivedMail) -> "Filing":
        """Of a mail whose bytes are read at once: what they can break, they break here."""
        filing = cls(received)
        filing.mail = ParsedMail.read(bytes(received.raw))
        return filing

    @cached_property
    def mail(self) -> ParsedMail:
        """What its bytes say. Raises Unreadable."""
        return ParsedMail.read(bytes(self.received.raw))

    def file(self) -> None:
        """Apply the first rule that knows what to do. A kill at any time leaves the mail waiting, and nothing else."""
        from mainspring.inbox.rules import FILING

        with transaction.atomic():
            if self.is_ours_to_file():
                Addressee.lock(self.sender_email or "unknown sender")
                outcome = next(found for rule in FILING if (found := rule(self)) is not None)
                why = {"rule": outcome.rule, **outcome.by_what, **self.doubt()}
                self.received.put(outcome.state, why, ticket=outcome.ticket, message=outcome.message)

    def predecessors(self) -> list[ReceivedMail]:
        """Earlier mails that still wait and come before this one, whatever worker holds them: of the same sender, who
        is read in the order in which he wrote, and what it answers."""
        before = Q(message_id__in=self.mail.answered_ids[:50])
        if self.received.sender:
            before |= Q(sender=self.received.sender)
        waiting = ReceivedMail.objects.filter(state=ReceivedMail.State.WAITING, pk__lt=self.received.pk)
        return list(waiting.filter(before).select_related("mailbox").order_by("pk"))

    def is_ours_to_file(self) -> bool:
        """Lock the row; somebody else may have filed it meanwhile."""
        locked = ReceivedMail.objects.select_for_update().filter(pk=self.received.pk).values_list("state", flat=True)
        return list(locked) == [ReceivedMail.State.WAITING]

    @cached_property
    def sender_email(self) -> str:
        """The sender's address in lower case; empty when none is given."""
        return self.mail.from_.email.lower() if self.mail.from_ else ""

    @property
    def sender_name(self) -> str:
        found = self.mail.from_
        return clean((found and (found.name or found.email)) or "?")[:120]

    @cached_property
    def staff(self) -> Person | None:
        """The member of the staff, past or present, under whose address it came."""
        return Person.objects.staff().filter(email__iexact=self.sender_email).first() if self.sender_email else None

    @cached_property
    def check(self) -> SenderCheck:
        """What the mail server of this mailbox says of the sender; of a mail that a mail server hands us, its own."""
        mailbox = self.received.mailbox
        try:
            return self.mail.sender_check(mailbox.checked_by if mailbox else settings.MAIL_CHECKED_BY)
        except Unreadable:
            return SenderCheck()

    @property
    def is_forged(self) -> bool:
        """Whether somebody else wrote it under this address: then its sender is nobody whom we know."""
        return self.check.verdict == Verdict.FORGED

    def doubt(self) -> dict[str, str]:
        """For the reason of what became of it."""
        return {"forged": self.check.by_what} if self.is_forged else {}

    @property
    def contact(self) -> Contact | None:
        """The customer who sent it, as far as it was checked."""
        return None if self.is_forged else self.holder

    @property
    def holder(self) -> Contact | None:
        """The customer with this address; the one known longest when several share it."""
        return self.holders[0] if self.holders else None

    @cached_property
    def holders(self) -> list[Contact]:
        """The customers with this address, those known longest first."""
        if not self.sender_email:
            return []
        return list(Contact.objects.reached_at(email=self.sender_email).select_related("business").order_by("id"))

    def contact_or_new(self) -> Contact:
        """The customer with this address, added when there was none. The address is locked, so it is added once."""
        return self.holder or Contact.add(by=None, name=self.sender_name, email=self.sender_email)

    def seat_on(self, ticket: Ticket) -> Contact | None:
        """Of the contacts with the sender's address, the one who has a seat on the ticket."""
        if self.is_forged:
            return None
        return next((contact for contact in self.holders if ticket.belongs(contact)), None)

    def content(self) -> dict[str, Any]:
        """What a message of the ticket keeps of the mail. The reply is never empty when there was a text."""
        mail = self.mail
        text = mail.reply if mail.reply.strip() else mail.text
        return {
            "text": clean(text),
            "quoted": clean(mail.quoted) if mail.reply.strip() else "",
            "html": clean(mail.html),
            "message_id": clean(mail.message_id)[:255],
            "files": self.files(),
        }

    def files(self) -> Iterable[StoredFile]:
        """Every attachment, pictures of the HTML included, by its content. One too large stays in the raw mail."""
        kept = []
        for attachment in self.mail.attachments:
            try:
                kept.append(StoredFile.keep(attachment.content, name=attachment.name, declared_type=attachment.type))
            except ValidationError:
                continue
        return kept

    def parked(self, rule: str, **by_what: Any) -> Outcome:
        return Outcome(ReceivedMail.State.PARKED, rule, by_what=by_what)

    def filed(self, rule: str, ticket: Ticket | None, message: Message | None = None, **by_what: Any) -> Outcome:
        return Outcome(ReceivedMail.State.FILED, rule, ticket, message, by_what)


def one_line(text: str) -> str:
    """The text as a subject: without line breaks and NULs, not too long."""
    return " ".join(text.replace("\x00", "").split())[:200]


def clean(text: str) -> str:
    """Text that a database takes: no NUL, no half surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()

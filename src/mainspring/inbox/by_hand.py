"""A mail that a person puts where it belongs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.events.models import record
from mainspring.files.models import StoredFile
from mainspring.inbox.events import MAIL_FILED
from mainspring.inbox.filing import NO_SUBJECT, Filing, one_line
from mainspring.inbox.models import ReceivedMail
from mainspring.inbox.parsing import Unreadable
from mainspring.outbox.addresses import is_own
from mainspring.outbox.models import Addressee
from mainspring.tickets.models import Channel, Message, Ticket


class ByHand(Filing):
    """The filing that somebody does himself. What he files counts as the customer's only when the sender belongs."""

    def __init__(self, received: ReceivedMail, *, by: Person) -> None:
        super().__init__(received)
        self.by = by

    @transaction.atomic
    def into(self, ticket: Ticket) -> None:
        """File it in this ticket."""
        self.lock()
        seated = self.seat_on(ticket)
        if seated is not None and self.is_readable and not self.mail.auto_reply:
            message = ticket.customer_replied(by=seated, **self.content())
        elif seated is not None:
            message = ticket.hear(by=seated, name=seated.name, **self.content())
        else:
            message = ticket.stranger_wrote(name=self.signature, **self.content())
        self.note(ticket, message)

    @transaction.atomic
    def open(self) -> Ticket:
        """Open a ticket with it. A sender who is one of us, or nobody, does not become its customer."""
        self.lock()
        contact = self.customer()
        content = self.content()
        ticket = Ticket.objects.open(
            one_line(self.received.subject) or one_line(content["text"])[:80] or NO_SUBJECT,
            by=self.by,
            contact=contact,
            channel=Channel.MAIL,
        )
        message = ticket.hear(by=contact, name=contact.name if contact else self.signature, **content)
        silent = not (self.is_readable and self.mail.may_be_answered_automatically)
        self.note(ticket, message, silent=silent)
        return ticket

    @transaction.atomic
    def move_to(self, ticket: Ticket) -> None:
        """From the ticket where it was filed to this one."""
        message, before = self.filed_message(), self.received.ticket
        if before is not None and ticket.pk != before.pk:
            ticket.take_over(message, contact=self.seat_on(ticket), by=self.by)
            why = {"rule": "moved_by_hand", "name": self.by.name, "number": before.number, "before": self.received.why}
            self.received.put(ReceivedMail.State.FILED, why, ticket=ticket, message=message, by=self.by)

    @transaction.atomic
    def move_back(self) -> Ticket | None:
        """Undo of the last move; None when there was none."""
        message, why = self.filed_message(), self.received.why
        ticket = Ticket.objects.filter(number=why.get("number", 0)).first() if "before" in why else None
        if ticket is not None:
            ticket.take_over(message, contact=self.seat_on(ticket), by=self.by)
            self.received.put(ReceivedMail.State.FILED, why["before"], ticket=ticket, message=message, by=self.by)
        return ticket

    @transaction.atomic
    def accept_sender(self) -> Contact:
        """Let the sender of an unverified mail have a seat on its ticket."""
        message = self.filed_message()
        contact = self.customer()
        if contact is None:
            raise ValidationError(_("The sender is one of us, or has no address: he can't become a contact."))
        message.ticket.accept(message, contact=contact, by=self.by)
        return contact

    def lock(self) -> None:
        """Nobody else files it now. Raises ValidationError when somebody has."""
        if not ReceivedMail.objects.handleable().select_for_update().filter(pk=self.received.pk).exists():
            raise ValidationError(_("This mail is filed already, or about to be. Look where it is now."))
        Addressee.lock(self.sender_email or "unknown sender")

    def filed_message(self) -> Message:
        """What it became. Raises ValidationError when it became nothing that can be moved."""
        ReceivedMail.objects.select_for_update().get(pk=self.received.pk)
        self.received.refresh_from_db()
        message = self.received.became
        if message is None or message.direction != Message.Direction.IN:
            raise ValidationError(_("This mail is not a message of a ticket."))
        return message

    def note(self, ticket: Ticket, message: Message, **by_what: Any) -> None:
        why = {"rule": "by_hand", "name": self.by.name, **by_what}
        self.received.put(ReceivedMail.State.FILED, why, ticket=ticket, message=message, by=self.by)
        data = {"sender": self.signature, "why": "by_hand"}
        record(MAIL_FILED, self.received, by=self.by, stream=ticket, data=data)

    def customer(self) -> Contact | None:
        """The sender as a contact, added when he was none; None when he is one of us or has no address."""
        is_ours = not self.sender_email or is_own(self.sender_email) or self.staff is not None
        return None if is_ours else self.contact_or_new()

    @property
    def is_readable(self) -> bool:
        try:
            self.mail  # noqa: B018 (read once, kept)
        except Unreadable:
            return False
        else:
            return True

    @property
    def sender_email(self) -> str:
        return super().sender_email if self.is_readable else ""

    @property
    def signature(self) -> str:
        """The sender as he signs: name and address."""
        named = f"{self.sender_name} <{self.sender_email}>" if self.sender_email else self.received.sender or "?"
        return named[:150]

    def content(self) -> dict[str, Any]:
        """As always; of a mail that is beyond reading, the original as a file."""
        if self.is_readable:
            return super().content()
        words = _("This mail could not be read; the original is attached.")
        raw = bytes(self.received.raw)
        try:
            files = [StoredFile.keep(raw, name="mail.eml", declared_type="message/rfc822", by=self.by.actor_key)]
        except ValidationError:
            words, files = _("This mail could not be read; the original is kept under Mail in."), []
        return {"text": words, "quoted": "", "html": "", "message_id": self.received.message_id, "files": files}

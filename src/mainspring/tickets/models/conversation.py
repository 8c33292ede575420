"""How a ticket talks: notes to the customer, internal notes, the customer's replies."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.events.models import Actor, record
from mainspring.files.models import StoredFile
from mainspring.files.pages import PDF
from mainspring.files.tasks import draw_first_page
from mainspring.tickets.events import (
    CUSTOMER_ATTACHED,
    CUSTOMER_REPLIED,
    FILE_ATTACHED,
    FILE_PUT_BACK,
    FILE_REMOVED,
    INTERNAL_NOTE_ADDED,
    MESSAGE_CAME,
    MESSAGE_LEFT,
    NOTE_ADDED,
    STRANGER_ACCEPTED,
    STRANGER_WROTE,
)
from mainspring.tickets.models.kinds import Channel, StatusKind
from mainspring.tickets.models.message import Attachment, Message
from mainspring.tickets.models.people import People
from mainspring.tickets.models.status import Automation, Status


class Conversation(People):
    """Verbs that add to the conversation."""

    class Meta:
        abstract = True

    @transaction.atomic
    def write(
        self,
        text: str,
        *,
        by: Person,
        mailed: bool = True,
        question: bool = False,
        on_invoice: bool = True,
        files: Iterable[StoredFile] = (),
    ) -> Message:
        """A general note: the customer sees it, it goes on the invoice, and by mail where somebody gets it."""
        mailed = mailed and self.is_mailed()
        message = self._say(
            Message.Kind.GENERAL,
            text,
            by=by,
            files=files,
            is_mailed=mailed,
            is_question=question,
            is_on_invoice=on_invoice,
        )
        if question and Automation.get().question_waits and not self.is_done:
            self._move(Status.first_of(StatusKind.WAITING_CUSTOMER), by=by)
        record(NOTE_ADDED, message, by=by, stream=self, data={"mailed": mailed})
        return message

    @transaction.atomic
    def write_internally(self, text: str, *, by: Person, files: Iterable[StoredFile] = ()) -> Message:
        """An internal note: read by the staff, and by nobody else, ever."""
        message = self._say(Message.Kind.INTERNAL, text, by=by, files=files)
        record(INTERNAL_NOTE_ADDED, message, by=by, stream=self)
        return message

    @transaction.atomic
    def customer_replied(
        self,
        text: str,
        *,
        by: Contact,
        channel: str = Channel.MAIL,
        files: Iterable[StoredFile] = (),
        quoted: str = "",
        html: str = "",
        message_id: str = "",
    ) -> Message:
        """The customer answered. The status follows, a done ticket reopens."""
        message = self._hear(text, by, by.name, channel, files, quoted=quoted, html=html, message_id=message_id)
        self._note_reply(by=by)
        record(CUSTOMER_REPLIED, message, by=by, stream=self, data={"channel": channel})
        return message

    @transaction.atomic
    def hear(
        self,
        text: str,
        *,
        by: Contact | None,
        name: str,
        channel: str = Channel.MAIL,
        files: Iterable[StoredFile] = (),
        quoted: str = "",
        html: str = "",
        message_id: str = "",
    ) -> Message:
        """What came in and asks for nothing more: the mail that opened the ticket, a machine's answer. Nothing moves.

        The caller records why it came.
        """
        return self._hear(text, by, name, channel, files, quoted=quoted, html=html, message_id=message_id)

    @transaction.atomic
    def stranger_wrote(
        self,
        text: str,
        *,
        name: str,
        files: Iterable[StoredFile] = (),
        quoted: str = "",
        html: str = "",
        message_id: str = "",
    ) -> Message:
        """Somebody who does not belong to the ticket wrote to it: kept, marked, and nothing else changes."""
        message = self._hear(
            text,
            None,
            name,
            Channel.MAIL,
            files,
            quoted=quoted,
            html=html,
            message_id=message_id,
            is_unverified=True,
        )
        record(STRANGER_WROTE, message, by=None, stream=self, data={"who": name})
        return message

    @transaction.atomic
    def accept(self, message: Message, *, contact: Contact, by: Actor) -> None:
        """Whoever wrote this belongs to the ticket after all: he joins it, and what he wrote is a reply."""
        self.join(contact, by=by)
        his = Message.objects.filter(ticket_id=self.pk, is_unverified=True, author_name=message.author_name)
        his.update(is_unverified=False, contact=contact)
        record(STRANGER_ACCEPTED, message, by=by, stream=self, data={"name": contact.name})
        self._note_reply(by=by)

    @transaction.atomic
    def take_over(self, message: Message, *, contact: Contact | None, by: Actor) -> None:
        """A message that was filed in another ticket belongs here, with its files. Without a `contact` a stranger's."""
        left = message.ticket
        Message.objects.filter(pk=message.pk).update(ticket_id=self.pk, contact=contact, is_unverified=contact is None)
        Attachment.objects.filter(message=message).update(ticket_id=self.pk)
        message.refresh_from_db()
        record(MESSAGE_LEFT, message, by=by, stream=left, data={"number": self.number})
        record(MESSAGE_CAME, message, by=by, stream=self, data={"number": left.number})
        for ticket in (left, self):
            ticket._say_last_line()
        if contact is not None:
            self._note_reply(by=by)

    @transaction.atomic
    def attach(
        self, file: StoredFile, *, by: Actor | None, message: Message | None = None, internal: bool = False
    ) -> Attachment:
        attachment = Attachment.objects.create(
            ticket_id=self.pk,
            message=message,
            file=file,
            name=file.name,
            is_internal=internal,
            added_by=by.actor_name if by else "",
        )
        if file.type == PDF:
            draw_first_page.enqueue(file.pk)
        if message is None:
            record(FILE_ATTACHED, attachment, by=by, stream=self, data={"name": file.name})
        return attachment

    @transaction.atomic
    def customer_attached(self, file: StoredFile, *, by: Contact) -> Attachment:
        """The customer sent a photo or document from his page; the status follows as for a reply."""
        attachment = Attachment.objects.create(ticket_id=self.pk, file=file, name=file.name, added_by=by.actor_name)
        self.touch()
        self._note_reply(by=by)
        record(CUSTOMER_ATTACHED, attachment, by=by, stream=self, data={"name": file.name})
        return attachment

    @transaction.atomic
    def detach(self, attachment: Attachment, *, by: Actor) -> None:
        """Take a file off the ticket, once; it stays in the store and in the audit trail."""
        standing = Attachment.objects.filter(pk=attachment.pk, removed_at=None)
        if standing.update(removed_at=timezone.now()):
            record(FILE_REMOVED, attachment, by=by, stream=self, data={"name": attachment.name})

    @transaction.atomic
    def put_back(self, attachment: Attachment, *, by: Actor) -> None:
        """Undo the removal, once."""
        removed = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=False)
        if removed.update(removed_at=None):
            record(FILE_PUT_BACK, attachment, by=by, stream=self, data={"name": attachment.name})

    def _note_reply(self, *, by: Actor) -> None:
        if Automation.get().reply_is_noted:
            self.become(Status.first_of(StatusKind.CUSTOMER_REPLIED), by=by)

    def _say_last_line(self) -> None:
        shown = Message.objects.filter(ticket_id=self.pk, kind=Message.Kind.GENERAL).standing().order_by("-id").first()
        self.last_line = " ".join((shown.text if shown else self.description).split())[:160]
        self.touch("last_line")

    def _say(self, kind: str, text: str, *, by: Person, files: Iterable[StoredFile], **more: bool) -> Message:
        message = Message.objects.create(
            ticket_id=self.pk,
            kind=kind,
            direction=Message.Direction.OUT,
            person=by,
            author_name=by.name,
            text=text,
            **more,
        )
        return self._keep(message, files, by)

    def _hear(
        self,
        text: str,
        contact: Contact | None,
        name: str,
        channel: str,
        files: Iterable[StoredFile],
        **more: str | bool,
    ) -> Message:
        message = Message.objects.create(
            ticket_id=self.pk,
            kind=Message.Kind.GENERAL,
            direction=Message.Direction.IN,
            channel=channel,
            contact=contact,
            author_name=name[:150],
            text=text,
            **more,
        )
        return self._keep(message, files, contact)

    def _keep(self, message: Message, files: Iterable[StoredFile], by: Actor | None) -> Message:
        for file in files:
            self.attach(file, by=by, message=message, internal=message.is_internal)
        if not message.is_internal:
            self.last_line = " ".join(message.text.split())[:160]
        self.touch("last_line")
        self.be_found_by(message)
        return message

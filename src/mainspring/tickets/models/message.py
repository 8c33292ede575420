"""The conversation: what was said to whom, and what only the staff may read."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.events.models import Actor, record
from mainspring.files.models import StoredFile
from mainspring.tickets.events import NOTE_TAKEN_BACK
from mainspring.tickets.models.kinds import Channel

UNDO_FOR = timedelta(seconds=10)


class MessageQuerySet(models.QuerySet["Message"]):
    def standing(self) -> "MessageQuerySet":
        """All but those taken back."""
        return self.filter(taken_back_at=None)

    def for_customer(self) -> "MessageQuerySet":
        """The one guard: what a customer may ever see. Never internal, never taken back, never a stranger's."""
        return self.standing().filter(kind=Message.Kind.GENERAL, is_unverified=False)


class Message(models.Model):
    """One note or mail of a ticket. A general one is the customer's to read, an internal one the staff's alone."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("General note")
        INTERNAL = "internal", _("Internal note")

    class Direction(models.TextChoices):
        IN = "in", _("from the customer")
        OUT = "out", _("from us")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.DESK)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=150)
    text = models.TextField(_("text"))
    quoted = models.TextField(blank=True, help_text="What the mail repeated of earlier ones; folded, never lost.")
    html = models.TextField(blank=True, help_text="The mail's own HTML, as sent. Cleaned each time it is shown.")
    is_mailed = models.BooleanField(default=False, help_text="Goes to the customer by mail.")
    is_question = models.BooleanField(default=False, help_text="Asks the customer something.")
    is_on_invoice = models.BooleanField(default=False, help_text="Printed on the final invoice.")
    is_unverified = models.BooleanField(default=False, help_text="From somebody who does not belong to the ticket.")
    message_id = models.CharField(
        max_length=255, blank=True, help_text="Message-ID of the mail that brought or took it."
    )
    written_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    files: "list[Attachment]"
    """Filled by a page that shows the message."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"]), models.Index(fields=["message_id"])]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_internal(self) -> bool:
        return self.kind == Message.Kind.INTERNAL

    @property
    def is_for_staff_only(self) -> bool:
        return self.is_internal or self.is_unverified

    @property
    def sends_at(self) -> datetime:
        """When the mail leaves: after the time to take it back."""
        return self.written_at + UNDO_FOR

    @transaction.atomic
    def take_back(self, *, by: Actor) -> bool:
        """Undo within 10 seconds of writing. Returns whether it was in time; the text is kept for the draft."""
        in_time = (
            Message.objects.standing()
            .filter(pk=self.pk, direction=Message.Direction.OUT, written_at__gt=timezone.now() - UNDO_FOR)
            .update(taken_back_at=timezone.now())
        )
        if in_time:
            self.ticket.be_found()
            record(NOTE_TAKEN_BACK, self, by=by, stream=self.ticket)
        return bool(in_time)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def standing(self) -> "AttachmentQuerySet":
        """All but those taken off the ticket."""
        return self.filter(removed_at=None)

    def for_customer(self) -> "AttachmentQuerySet":
        """The guard of files: those a customer may see. Never internal, never of a note he does not see."""
        said = models.Q(message=None) | models.Q(message__in=Message.objects.for_customer())
        return self.standing().filter(said, is_internal=False)


class Attachment(models.Model):
    """A file of a ticket; one that came with a message keeps to it."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT)
    name = models.CharField(_("name"), max_length=200)
    is_internal = models.BooleanField(default=False, help_text="Only the staff may see it.")
    added_by = models.CharField(max_length=150, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"])]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody has typed and not sent yet. One per person and place; survives tabs and sessions."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=80, help_text="Which form, e.g. ticket:5:reply.")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_draft_per_person_and_place", fields=["person", "place"])]

    def __str__(self) -> str:
        return self.place

    @classmethod
    def keep(cls, content: Mapping[str, str | list[str]], *, place: str, of: Person) -> None:
        """What stands in his form now, as it was typed, but for NUL, which PostgreSQL keeps in no text."""
        kept = {name.replace("\x00", ""): _typed(value) for name, value in content.items()}
        cls.objects.update_or_create(person=of, place=place, defaults={"content": kept})


def _typed(value: str | list[str]) -> str | list[str]:
    return value.replace("\x00", "") if isinstance(value, str) else [one.replace("\x00", "") for one in value]

"""What came: the raw bytes, kept before anything is understood."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mainspring.accounts.models import Person
from mainspring.events.models import Actor, record
from mainspring.inbox.durably import durably
from mainspring.inbox.events import MAIL_DISCARDED, MAIL_PARKED, MAIL_TAKEN, MAIL_TAKEN_UP
from mainspring.inbox.models.mailbox import Mailbox
from mainspring.inbox.parsing.headers import Headers, read_headers
from mainspring.inbox.parsing.identity import content_hash
from mainspring.inbox.reasons import in_words
from mainspring.tickets.models import Message, Ticket


class Source(models.TextChoices):
    IMAP = "imap", _("mailbox")
    PIPE = "pipe", _("mail server")
    WEBHOOK = "webhook", _("mail provider")


class ReceivedMailQuerySet(models.QuerySet["ReceivedMail"]):
    def unfiled(self) -> "ReceivedMailQuerySet":
        """What somebody should look at."""
        return self.filter(state__in=[ReceivedMail.State.PARKED, ReceivedMail.State.FAILED])

    def in_state(self, state: str) -> "ReceivedMailQuerySet":
        """Of one state; `unfiled` are those to look at, anything else is all."""
        if state == "unfiled":
            return self.unfiled()
        else:
            return self.filter(state=state) if state in ReceivedMail.State.values else self.all()

    def handleable(self) -> "ReceivedMailQuerySet":
        """What can still be filed: not filed, and nobody at it."""
        return self.exclude(state__in=[ReceivedMail.State.WAITING, ReceivedMail.State.FILED])


class ReceivedMail(models.Model):
    """A mail as it came. Whatever we make of it, its bytes stay, and it can be filed again."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        FILED = "filed", pgettext_lazy("mail", "filed")
        PARKED = "parked", pgettext_lazy("mail", "parked")
        FAILED = "failed", pgettext_lazy("mail", "failed")
        DISCARDED = "discarded", pgettext_lazy("mail", "discarded")

    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, related_name="mails")
    source = models.CharField(max_length=10, choices=Source)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the bytes without trace headers.")
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    why = models.JSONField(default=dict, help_text="The rule that decided, and what it went by.")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+")
    became = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[ReceivedMailQuerySet] = ReceivedMailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="received_by_state"),
            models.Index(fields=["message_id"], name="received_by_message_id"),
            models.Index(fields=["ticket"], name="received_by_ticket"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender

    @property
    def because(self) -> str:
        """Why it is where it is, in words."""
        return in_words(self.why)

    @transaction.atomic
    def put(
        self,
        state: str,
        why: dict[str, Any],
        *,
        ticket: Ticket | None = None,
        message: Message | None = None,
        by: Person | None = None,
    ) -> None:
        """Note what became of it."""
        self.state, self.why, self.ticket, self.became, self.error = state, why, ticket, message, ""
        self.filed_by = by
        self.save(update_fields=["state", "why", "ticket", "became", "error", "filed_by"])
        if state == ReceivedMail.State.PARKED:
            record(MAIL_PARKED, self, by=None, data={"sender": self.sender, "why": why.get("rule", "")})

    @transaction.atomic
    def failed(self, error: str) -> None:
        """Could not be filed: kept, shown, to be filed again."""
        self.state, self.error = ReceivedMail.State.FAILED, error[-8000:]
        self.save(update_fields=["state", "error"])

    @transaction.atomic
    def file_again(self, *, by: Actor | None) -> None:
        """Read and file it once more, after a fault was mended. Filed mail stays where it is."""
        from mainspring.inbox.tasks import file_mail

        again = ReceivedMail.objects.handleable().filter(pk=self.pk)
        if again.update(state=ReceivedMail.State.WAITING, attempts=0, error=""):
            record(MAIL_TAKEN_UP, self, by=by, data={"sender": self.sender})
            file_mail.enqueue(self.pk)

    @transaction.atomic
    def discard(self, *, by: Actor) -> bool:
        """Nobody needs it: out of sight, and kept. False when it is filed meanwhile."""
        state = ReceivedMail.State.DISCARDED
        discarded = bool(ReceivedMail.objects.unfiled().filter(pk=self.pk).update(state=state))
        if discarded:
            self.state = state
            record(MAIL_DISCARDED, self, by=by, data={"sender": self.sender})
        return discarded

    @transaction.atomic
    def note_taken(self, *, by: Actor) -> None:
        """Somebody has it whole, as it came, for himself."""
        record(MAIL_TAKEN, self, by=by, data={"sender": self.sender})

    @transaction.atomic
    def keep_after_all(self, *, by: Actor) -> None:
        """Undo of discarding."""
        state = ReceivedMail.State.FAILED if self.error else ReceivedMail.State.PARKED
        if ReceivedMail.objects.filter(pk=self.pk, state=ReceivedMail.State.DISCARDED).update(state=state):
            record(MAIL_TAKEN_UP, self, by=by, data={"sender": self.sender})


class HookCall(models.Model):
    """A signed call of a mail provider that was used up: the same signature is not taken twice."""

    signature = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.signature


def receive(raw: bytes, *, source: str, mailbox: Mailbox | None = None) -> ReceivedMail:
    """The one door: keep the bytes, commit, and only then return. The same mail twice is one row.

    Trace headers (which differ with each delivery) and line ends don't make it another mail; the same Message-ID
    over other bytes does, and is flagged. Call it outside a transaction: what is returned survives a power cut.
    """
    digest = content_hash(raw)
    known = ReceivedMail.objects.filter(digest=digest).first()
    if known is not None:
        return known
    try:
        return _keep(raw, digest, source, mailbox)
    except IntegrityError:
        return ReceivedMail.objects.get(digest=digest)


def _keep(raw: bytes, digest: str, source: str, mailbox: Mailbox | None) -> ReceivedMail:
    from mainspring.inbox.tasks import file_mail

    headers = _headers(raw)
    message_id = headers.first("message-id").strip()[:255]
    earlier = ReceivedMail.objects.filter(message_id=message_id).order_by("id").first() if message_id else None
    with durably():
        received = ReceivedMail.objects.create(
            mailbox=mailbox,
            source=source,
            raw=raw,
            size=len(raw),
            digest=digest,
            message_id=message_id,
            sender=headers.text("from")[:320],
            subject=headers.text("subject")[:255],
            duplicate_of=earlier,
        )
        file_mail.enqueue(received.pk)
    return received


def _headers(raw: bytes) -> Headers:
    return read_headers(raw, 0, min(len(raw), 200_000))[0]

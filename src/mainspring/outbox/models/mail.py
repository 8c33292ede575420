"""Mail that leaves: written in the transaction of the act, sent by a task, kept as it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mainspring.core.shop import Shop
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record
from mainspring.events.worker import LEASE
from mainspring.outbox.addresses import is_address, is_own, named, one_line
from mainspring.outbox.events import MAIL_CANCELLED, MAIL_FAILED, MAIL_HELD, MAIL_SENT, MAIL_SENT_AGAIN
from mainspring.outbox.models.addressee import Addressee
from mainspring.outbox.seals import Seal, message_id

CLAIM = 2 * LEASE
"""How long a sender has a mail for itself; its task is somebody else's sooner, so none waits for ever."""

BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
"""The waits between attempts; after the last one the mail has failed."""


class Pace(models.TextChoices):
    """Why a mail is sent, and so how many of them one address may get."""

    HAND = "hand", _("written by a person")
    CHOSEN = "chosen", _("follows from what a person did")
    ANSWER = "answer", _("answers a payment")
    AUTOMATIC = "automatic", _("by itself")
    ACKNOWLEDGEMENT = "acknowledgement", _("acknowledges a mail or form")


UNASKED = (Pace.AUTOMATIC, Pace.ACKNOWLEDGEMENT)
CAPS = [
    (UNASKED, timedelta(hours=1), 3),
    ((Pace.ACKNOWLEDGEMENT,), timedelta(hours=1), 1),
    ((Pace.ACKNOWLEDGEMENT,), timedelta(days=1), 5),
]
"""How many mails of these paces one address gets within a span: no loop and no flood is fed by us."""


@dataclass(frozen=True)
class Enclosure:
    """A file of a mail. With a `content_id` it is a picture of the HTML; `method` belongs to a calendar invite."""

    name: str
    type: str
    content: bytes
    content_id: str = ""
    method: str = ""


@dataclass(frozen=True)
class Wish:
    """What is to be sent, before it is a row."""

    key: str
    kind: str
    to: Sequence[tuple[str, str]]
    subject: str
    text: str
    html: str = ""
    cc: Sequence[tuple[str, str]] = ()
    reply_to: str = ""
    seal: Seal | None = None
    stream: str = ""
    language: str = ""
    pace: str = Pace.CHOSEN
    answers: Sequence[str] = ()
    not_before: datetime | None = None
    enclosures: Sequence[Enclosure] = ()


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def unsent(self) -> "OutgoingMailQuerySet":
        return self.filter(state__in=[OutgoingMail.State.WAITING, OutgoingMail.State.SENDING])

    def to_address(self, address: str) -> "OutgoingMailQuerySet":
        return self.filter(address=address.strip().lower())

    def of_provider(self, provider_id: str | None, address: str) -> "OutgoingMail | None":
        """The mail that a provider means: by its name for it and the reader, else the last one to that reader."""
        theirs = self.to_address(address).order_by("-id") if address else self.none()
        named = self.exclude(provider_id="").filter(provider_id=provider_id or "").order_by("-id")
        week = timezone.now() - timedelta(days=7)
        return named.first() or theirs.filter(state=OutgoingMail.State.SENT, sent_at__gt=week).first()

    def of_stream(self, stream: str) -> "OutgoingMailQuerySet":
        return self.filter(stream=stream)

    @transaction.atomic
    def post(self, **fields: Any) -> "OutgoingMail | None":
        """Write the mail in the caller's transaction and enqueue its sending; the fields are those of `Wish`.

        The same key twice is one mail. None when nobody is left to write to: our own addresses never get mail.
        """
        wish = Wish(**fields)
        known = self.filter(key=wish.key).first()
        readers = [(name, address) for name, address in wish.to if is_address(address) and not is_own(address)]
        if known or not readers:
            return known
        Addressee.lock(readers[0][1])
        return self.filter(key=wish.key).first() or self._write(wish, readers)

    def _write(self, wish: Wish, readers: list[tuple[str, str]]) -> "OutgoingMail":
        address = readers[0][1].strip().lower()
        why_held = over_pace(address, wish.pace)
        mail = OutgoingMail.objects.create(
            key=wish.key,
            kind=wish.kind,
            stream=wish.stream or (wish.seal.stream if wish.seal else ""),
            address=address,
            to=[named(name, mailbox) for name, mailbox in readers],
            cc=[named(name, box) for name, box in wish.cc if is_address(box) and not is_own(box)],
            reply_to=wish.reply_to,
            sender=own_sender(),
            subject=one_line(wish.subject),
            text=wish.text,
            html=wish.html,
            headers=headers_of(wish),
            language=wish.language,
            pace=wish.pace,
            state=OutgoingMail.State.HELD if why_held else OutgoingMail.State.WAITING,
            error=why_held,
            message_id=message_id(wish.seal),
            not_before=wish.not_before or timezone.now(),
        )
        OutgoingPart.objects.bulk_create(
            OutgoingPart(
                mail=mail,
                name=one_line(part.name),
                type=one_line(part.type),
                content=part.content,
                content_id=one_line(part.content_id),
                method=one_line(part.method),
            )
            for part in wish.enclosures
        )
        if why_held:
            mail.record(MAIL_HELD, why=why_held)
        else:
            mail.enqueue()
        return mail

    def claim(self, pk: int) -> "OutgoingMail | None":
        """This mail for the caller alone to send, when it is due and none before it on its lane is unsent."""
        now = timezone.now()
        earlier = OutgoingMail.objects.unsent().filter(
            stream=OuterRef("stream"), address=OuterRef("address"), pk__lt=OuterRef("pk")
        )
        due = Q(state=OutgoingMail.State.WAITING, not_before__lte=now)
        abandoned = Q(state=OutgoingMail.State.SENDING, claimed_until__lt=now)
        claimed = (
            self.filter(due | abandoned, pk=pk)
            .filter(Q(stream="") | ~Exists(earlier))
            .update(state=OutgoingMail.State.SENDING, claimed_until=now + CLAIM, attempts=F("attempts") + 1)
        )
        return self.get(pk=pk) if claimed else None


class OutgoingMail(models.Model):
    """A mail to one reader. Its Message-ID is fixed when it is written, so that sending it twice shows."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail", "waiting")
        SENDING = "sending", pgettext_lazy("mail", "being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "failed")
        HELD = "held", pgettext_lazy("mail", "held back")
        CANCELLED = "cancelled", pgettext_lazy("mail", "cancelled")

    key = models.CharField(max_length=150, unique=True, help_text="What it was written for, e.g. event:17:contact:3.")
    kind = models.CharField(max_length=60)
    stream = models.CharField(max_length=60, blank=True, help_text="Whose story it belongs to, e.g. ticket:5.")
    address = models.CharField(max_length=254, help_text="The reader's address, in lower case.")
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    reply_to = models.CharField(max_length=254, blank=True)
    sender = models.CharField(max_length=400)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    language = models.CharField(max_length=10, blank=True)
    pace = models.CharField(max_length=20, choices=Pace, default=Pace.CHOSEN)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, unique=True)
    provider_id = models.CharField(max_length=255, blank=True, help_text="How the mail provider names it.")
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="mails_by_state"),
            models.Index(fields=["stream", "address", "id"], name="mails_by_lane"),
            models.Index(fields=["address", "created_at"], name="mails_by_address"),
            models.Index(fields=["provider_id"], name="mails_by_provider_id", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_finished(self) -> bool:
        return self.state not in (OutgoingMail.State.WAITING, OutgoingMail.State.SENDING)

    def record(self, kind: EventKind, *, by: Actor | None = None, **data: Any) -> None:
        """An event in the story this mail belongs to."""
        told = {"to": ", ".join(self.to), "subject": self.subject, **data}
        record(kind, self, by=by, stream=self.stream or None, data=told)

    def enqueue(self) -> None:
        from mainspring.outbox.tasks import send

        send.using(run_after=self.not_before).enqueue(self.pk)

    @transaction.atomic
    def was_sent(self, *, provider_id: str = "") -> None:
        self._finish(OutgoingMail.State.SENT, error="", sent_at=timezone.now(), provider_id=provider_id[:255])
        self.record(MAIL_SENT)

    @transaction.atomic
    def failed(self, why: str) -> None:
        """For good: nobody tries again by himself."""
        self._finish(OutgoingMail.State.FAILED, error=why)
        self.record(MAIL_FAILED, why=why)

    @transaction.atomic
    def came_back(self, why: str) -> None:
        """It was taken and then returned: nobody got it."""
        OutgoingMail.objects.filter(pk=self.pk).update(state=OutgoingMail.State.FAILED, error=why)

    @transaction.atomic
    def try_later(self, why: str) -> None:
        """Not now: once more after a wait that grows, until the waits are used up."""
        if self.attempts > len(BACK_OFF):
            self.failed(why)
        else:
            self.state = OutgoingMail.State.WAITING
            self.error = why
            self.not_before = timezone.now() + BACK_OFF[self.attempts - 1]
            self.claimed_until = None
            self.save(update_fields=["state", "error", "not_before", "claimed_until"])
            self.enqueue()

    @transaction.atomic
    def cancel(self, *, by: Actor | None) -> bool:
        """Not to be sent any more. False when it has left already or is just leaving."""
        waiting = OutgoingMail.objects.filter(
            pk=self.pk, state__in=[OutgoingMail.State.WAITING, OutgoingMail.State.HELD, OutgoingMail.State.FAILED]
        )
        cancelled = bool(waiting.update(state=OutgoingMail.State.CANCELLED))
        if cancelled:
            self.state = OutgoingMail.State.CANCELLED
            self.record(MAIL_CANCELLED, by=by)
            self._call_next()
        return cancelled

    @transaction.atomic
    def send_again(self, *, by: Actor | None) -> bool:
        """Send it once more, or after all, with the same Message-ID. False while it is on its way."""
        done = OutgoingMail.objects.filter(pk=self.pk).exclude(
            state__in=[OutgoingMail.State.WAITING, OutgoingMail.State.SENDING]
        )
        again = bool(
            done.update(state=OutgoingMail.State.WAITING, attempts=0, error="", not_before=timezone.now(), sent_at=None)
        )
        if again:
            self.refresh_from_db()
            self.record(MAIL_SENT_AGAIN, by=by)
            self.enqueue()
        return again

    def _finish(self, state: str, **columns: Any) -> None:
        self.state = state
        self.claimed_until = None
        for name, value in columns.items():
            setattr(self, name, value)
        self.save(update_fields=["state", "claimed_until", *columns])
        self._call_next()

    def _call_next(self) -> None:
        """The next mail to this reader about the same thing, which waited for its turn."""
        following = OutgoingMail.objects.filter(
            stream=self.stream, address=self.address, state=OutgoingMail.State.WAITING, pk__gt=self.pk
        )
        if self.stream and (mail := following.order_by("pk").first()):
            mail.enqueue()


class OutgoingPart(models.Model):
    """A file of an outgoing mail, kept as it was sent."""

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=250)
    type = models.CharField(max_length=250)
    content = models.BinaryField()
    content_id = models.CharField(max_length=250, blank=True)
    method = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


def own_sender() -> str:
    """Who signs the mail: the shop, under its own address."""
    shop = Shop.get()
    return named(shop.name, shop.email or settings.DEFAULT_FROM_EMAIL)


def headers_of(wish: Wish) -> dict[str, str]:
    """The few headers beyond the usual ones. Automatic mail says so (RFC 3834), so that nobody's machine answers."""
    headers = {}
    if wish.answers:
        headers["In-Reply-To"] = one_line(wish.answers[-1])
        headers["References"] = one_line(" ".join(wish.answers[-20:]), limit=900)
    if wish.pace != Pace.HAND:
        headers["Auto-Submitted"] = "auto-replied" if wish.pace == Pace.ACKNOWLEDGEMENT else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
        headers["X-Mainspring-Loop"] = "1"
    return headers


def over_pace(address: str, pace: str) -> str:
    """Why this address gets no more mail of this pace now; empty when it may."""
    standing = OutgoingMail.objects.to_address(address).exclude(
        state__in=[OutgoingMail.State.HELD, OutgoingMail.State.CANCELLED]
    )
    for paces, span, most in CAPS:
        if pace in paces and standing.filter(pace__in=paces, created_at__gt=timezone.now() - span).count() >= most:
            hours = int(span.total_seconds() // 3600)
            return f"This address got {most} automatic mails within {hours} h already."
    return ""

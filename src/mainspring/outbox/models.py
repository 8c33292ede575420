"""Mail out: written with the act, sent after it, visible when it fails."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core.text import TranslatedField
from mainspring.events.kinds import EventKind
from mainspring.events.models import Actor, record
from mainspring.outbox.events import MAIL_CANCELLED, TEMPLATE_CHANGED

MOST_AUTOMATIC_AN_HOUR = 3
"""Automatic mails to one address: a loop, or somebody who abuses our answers, ends here."""


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a mail. `parameters` are of its type, like `method=REQUEST` of a calendar invite."""

    name: str
    type: str
    content: bytes


def one_line(text: str) -> str:
    """A header's value: no line break of any kind can end it."""
    return " ".join(text.split())


def new_message_id() -> str:
    return f"<{secrets.token_hex(12)}@{urlsplit(settings.BASE_URL).hostname or 'mainspring.localhost'}>"


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> "OutgoingMailQuerySet":
        return self.filter(state__in=(OutgoingMail.State.WAITING, OutgoingMail.State.SENDING))

    def of_stream(self, stream: str) -> "OutgoingMailQuerySet":
        return self.filter(stream=stream).order_by("id")

    @transaction.atomic
    def post(
        self,
        *,
        key: str,
        to: str,
        subject: str,
        text: str,
        html: str = "",
        kind: str = "",
        stream: str = "",
        cc: Iterable[str] = (),
        reply_to: str = "",
        sender: str = "",
        headers: Mapping[str, str] | None = None,
        enclosures: Iterable[Enclosure] = (),
        not_before: datetime | None = None,
        automatic: bool = True,
        message_id: str = "",
    ) -> "OutgoingMail | None":
        """Write a mail to be sent, in the caller's transaction. The same key twice is one mail.

        An automatic mail above the hourly limit for its address is held, and shown as held.
        """
        if self.filter(key=key).exists():
            return self.get(key=key)
        _name, address = parseaddr(to)
        if not address:
            return None
        recent = timezone.now() - timedelta(hours=1)
        spoken = self.filter(address=address.lower(), is_automatic=True, created_at__gt=recent).count()
        held = automatic and spoken >= MOST_AUTOMATIC_AN_HOUR
        mail = self.create(
            key=key,
            to=one_line(to),
            address=address.lower(),
            cc=[one_line(other) for other in cc],
            reply_to=one_line(reply_to),
            sender=one_line(sender) or settings.DEFAULT_FROM_EMAIL,
            subject=one_line(subject)[:250],
            text=text,
            html=html,
            headers={name: one_line(value) for name, value in (headers or {}).items()},
            kind=kind,
            stream=stream,
            is_automatic=automatic,
            not_before=not_before or timezone.now(),
            message_id=message_id or new_message_id(),
            state=OutgoingMail.State.HELD if held else OutgoingMail.State.WAITING,
            error=str(_("More than three automatic mails to this address within an hour.")) if held else "",
        )
        OutgoingPart.objects.bulk_create(
            OutgoingPart(mail=mail, name=part.name, type=part.type, content=part.content) for part in enclosures
        )
        if not held:
            mail.enqueue()
        return mail


class OutgoingMail(models.Model):
    """A mail to a customer or to one of us, from the moment it is wanted until it left or failed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("on its way")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("stopped")

    key = models.CharField(max_length=120, unique=True, help_text="What it is about, once: event:17:contact:3.")
    kind = models.CharField(max_length=40, blank=True)
    stream = models.CharField(max_length=60, blank=True, db_index=True)
    to = models.CharField(max_length=400)
    address = models.EmailField()
    cc = models.JSONField(default=list)
    reply_to = models.CharField(max_length=400, blank=True)
    sender = models.CharField(max_length=400)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=255, db_index=True, help_text="The same at each try.")
    is_automatic = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[OutgoingMailQuerySet] = OutgoingMailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["state", "-id"]), models.Index(fields=["address", "created_at"])]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"

    def enqueue(self) -> None:
        from mainspring.outbox.sending import send_mail

        send_mail.using(run_after=self.not_before).enqueue(self.pk)

    @transaction.atomic
    def send_again(self) -> None:
        """Try a failed or held mail once more."""
        self.state, self.attempts, self.error = OutgoingMail.State.WAITING, 0, ""
        self.save(update_fields=["state", "attempts", "error"])
        self.enqueue()

    @transaction.atomic
    def cancel(self, *, by: Actor | None) -> bool:
        """Stop it, if it has not left yet."""
        stopped = OutgoingMail.objects.filter(
            pk=self.pk, state__in=(OutgoingMail.State.WAITING, OutgoingMail.State.HELD, OutgoingMail.State.FAILED)
        ).update(state=OutgoingMail.State.CANCELLED)
        if stopped and by is not None:
            record(MAIL_CANCELLED, self, by=by, data={"to": self.to, "subject": self.subject})
        return bool(stopped)

    @transaction.atomic
    def tell(self, kind: EventKind) -> None:
        """Record what became of it."""
        record(kind, self, by=None, data={"to": self.to, "subject": self.subject, "about": self.stream})


class OutgoingPart(models.Model):
    """An enclosure of a mail."""

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=120)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class MailTemplate(models.Model):
    """The shop's own words for a kind of mail; without a row the built-in ones are used."""

    kind = models.CharField(max_length=40, unique=True)
    subject = TranslatedField(default=dict, blank=True)
    body = TranslatedField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.kind

    @classmethod
    @transaction.atomic
    def put(cls, kind: str, language: str, *, subject: str, body: str, by: Actor) -> "MailTemplate":
        """Keep the shop's words for one language; empty ones bring the built-in back."""
        template, _made = cls.objects.get_or_create(kind=kind)
        before = [template.subject.get(language, ""), template.body.get(language, "")]
        template.subject = {**template.subject, language: subject}
        template.body = {**template.body, language: body}
        template.save()
        record(TEMPLATE_CHANGED, template, by=by, data={"name": kind, "changes": {language: [before, [subject, body]]}})
        return template

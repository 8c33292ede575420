"""Mailboxes that we read."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.core.sealing import seal, unseal
from mainspring.events.models import Actor, record
from mainspring.inbox.connecting import Place
from mainspring.inbox.events import MAILBOX_ADDED, MAILBOX_CHANGED, MAILBOX_REMOVED


class Mailbox(models.Model):
    """An IMAP mailbox. What was read is remembered by UIDVALIDITY and UID, never by what others flag."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS (port 993)")
        STARTTLS = "starttls", _("STARTTLS (port 143)")
        NONE = "none", _("not encrypted")

    class State(models.TextChoices):
        NEW = "new", _("not read yet")
        FINE = "fine", _("is read")
        BROKEN = "broken", _("can't be read")

    address = models.EmailField(_("mail address"), unique=True)
    host = models.CharField(_("IMAP server"), max_length=200)
    port = models.PositiveIntegerField(
        _("port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=10, choices=Security, default=Security.TLS)
    login = models.CharField(_("user name"), max_length=200)
    sealed_password = models.BinaryField(default=b"")
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    done_folder = models.CharField(
        _("move read mail to"), max_length=200, blank=True, help_text=_("Empty: it stays, marked as read.")
    )
    takes_tags = models.BooleanField(
        _("takes tagged addresses"),
        default=True,
        help_text=_("Mail to desk+anything@… reaches this mailbox. Then answers find their ticket by their address."),
    )
    checked_by = models.CharField(
        _("server that checks senders"),
        max_length=200,
        blank=True,
        help_text=_(
            "The name at the beginning of the topmost Authentication-Results header, like mx.example.com; - for a "
            "server that writes none. Empty: senders are not checked."
        ),
    )
    is_enabled = models.BooleanField(_("is read"), default=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    last_read_at = models.DateTimeField(null=True, editable=False)
    uid_validity = models.PositiveBigIntegerField(default=0, editable=False)
    last_uid = models.PositiveBigIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager["Mailbox"]] = models.Manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address

    @classmethod
    @transaction.atomic
    def add(cls, *, by: Actor | None, password: str, **fields: Any) -> "Mailbox":
        mailbox = Mailbox.objects.create(**fields)
        mailbox.keep_password(password)
        record(MAILBOX_ADDED, mailbox, by=by, data={"name": mailbox.address})
        return mailbox

    @transaction.atomic
    def change(self, *, by: Actor | None, password: str = "", **fields: Any) -> None:
        """Other columns; a password only when a new one is given. A changed place is read from its beginning."""
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        before = {name: str(getattr(self, name)) for name in changed}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed.keys() & {"host", "login", "folder"}:
            self.uid_validity = self.last_uid = 0
        self.state, self.last_error, self.failing_since = Mailbox.State.NEW, "", None
        self.save()
        if password:
            self.keep_password(password)
        changes = {name: [before[name], str(value)] for name, value in changed.items()}
        changes |= {"password": ["…", "…"]} if password else {}
        record(MAILBOX_CHANGED, self, by=by, data={"name": self.address, "changes": changes})

    @transaction.atomic
    def remove(self, *, by: Actor | None) -> None:
        """Read no more. What came through it stays."""
        record(MAILBOX_REMOVED, self, by=by, data={"name": self.address})
        self.delete()

    def keep_password(self, password: str) -> None:
        self.sealed_password = seal(password, context=f"password of mailbox {self.pk}")
        self.save(update_fields=["sealed_password"])

    @property
    def password(self) -> str:
        return unseal(bytes(self.sealed_password), context=f"password of mailbox {self.pk}")

    @property
    def place(self) -> Place:
        """Where to connect, and as whom. Raises Broken when the kept password can't be opened."""
        return self.place_with(self.password)

    def place_with(self, password: str) -> Place:
        return Place(self.host, self.port, self.security, self.login, password, self.folder, self.done_folder)

    def reads_like(self, other: "Mailbox") -> bool:
        """Whether a connection to the one serves the other."""
        same_password = bytes(self.sealed_password) == bytes(other.sealed_password)
        same_place = self.place_with("") == other.place_with("") and self.uid_validity == other.uid_validity
        return same_password and same_place and self.is_enabled == other.is_enabled

    def was_read(self) -> None:
        now = timezone.now()
        Mailbox.objects.filter(pk=self.pk).update(
            state=Mailbox.State.FINE, last_error="", failing_since=None, last_read_at=now
        )

    def failed(self, why: str) -> None:
        """Could not be read; since when is kept until it works again."""
        failing = Mailbox.objects.filter(pk=self.pk)
        failing.filter(failing_since=None).update(failing_since=timezone.now())
        failing.update(state=Mailbox.State.BROKEN, last_error=why)

    def got_to(self, uid_validity: int, uid: int) -> None:
        """Everything up to this UID is in our hands."""
        self.uid_validity, self.last_uid = uid_validity, uid
        Mailbox.objects.filter(pk=self.pk).update(uid_validity=uid_validity, last_uid=uid)

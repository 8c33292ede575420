"""The tables of privacy."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.crm.models import Contact
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.files.models import root
from mainspring.outbox.addresses import is_own
from mainspring.privacy.events import ERASURE_ASKED, EXPORT_ASKED, KEEPING_CHANGED

EXPORT_LASTS = timedelta(days=7)


def is_writable_folder(path: str) -> None:
    folder = Path(path)
    if not folder.is_absolute():
        raise ValidationError(_("Give the whole path, from the root."))
    elif not folder.is_dir():
        raise ValidationError(_("There is no such folder on this machine."))


def is_not_ours(address: str) -> None:
    if is_own(address):
        raise ValidationError(_("Mainspring reads this address itself and never writes to it. Take another one."))


class Keeping(Amended):
    """The one row of what is kept for how long, and where the audit trail's checkpoints go."""

    changed_event = KEEPING_CHANGED

    checkpoint_folder = models.CharField(
        _("folder for checkpoints"),
        max_length=300,
        blank=True,
        validators=[is_writable_folder],
        help_text=_("On another disk or machine: what is changed in the database shows against it."),
    )
    checkpoint_email = models.EmailField(
        _("mail address for checkpoints"),
        blank=True,
        validators=[is_not_ours],
        help_text=_("One small mail a day, to a mailbox that is not this machine's."),
    )
    raw_mail_months = models.PositiveSmallIntegerField(
        _("received mails in their raw form"),
        default=0,
        help_text=_("Months after they were filed; the notes made of them stay. 0 keeps them."),
    )
    files_months = models.PositiveSmallIntegerField(
        _("files of closed tickets"), default=0, help_text=_("Months after the ticket was closed. 0 keeps them.")
    )
    discarded_months = models.PositiveSmallIntegerField(
        _("discarded mails"), default=0, help_text=_("Months after they came. 0 keeps them.")
    )
    audit_months = models.PositiveSmallIntegerField(
        _("names and words in the audit trail"),
        default=0,
        help_text=_("Months; what happened to which row stays for ever. 0 keeps them."),
    )

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_keeping", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "keeping"

    @classmethod
    def get(cls) -> "Keeping":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Consent(models.Model):
    """What a person agreed to or took back: when, in which words, from where. Never changed; erased with the person."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    about = models.CharField(max_length=40)
    words = models.CharField(max_length=300, help_text="What he read when he agreed.")
    is_given = models.BooleanField()
    by_himself = models.BooleanField()
    by_name = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="consents_of_contact")]

    def __str__(self) -> str:
        return self.words


class Work(models.Model):
    """Something that takes a while: its state, and how far it is."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_done(self) -> bool:
        return self.state == Work.State.DONE

    def is_at(self, step: int, steps: int) -> None:
        """Say how far it is."""
        type(self)._default_manager.filter(pk=self.pk).update(state=Work.State.RUNNING, step=step, steps=steps)


class ExportQuerySet(models.QuerySet["Export"]):
    def good(self) -> "ExportQuerySet":
        """Those that can still be fetched, or will be."""
        return self.filter(expires_at__gt=timezone.now())

    @transaction.atomic
    def ask(self, contact: Contact, *, by: Actor) -> "Export":
        """All data of this contact as a file, made by a task. Asked again while one is being made: the same."""
        from mainspring.privacy.tasks import make_export

        under_way = self.filter(contact=contact, expires_at__gt=timezone.now()).exclude(state=Work.State.DONE).first()
        if under_way:
            return under_way
        asked = self.create(contact=contact, expires_at=timezone.now() + EXPORT_LASTS)
        record(EXPORT_ASKED, asked, by=by, stream=contact)
        make_export.enqueue(asked.pk)
        return asked


class Export(Work):
    """A file with everything we have of a person, to be fetched until it expires."""

    name = models.CharField(max_length=60, blank=True, help_text="Of the file, once it is made; it can't be guessed.")
    expires_at = models.DateTimeField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="exports_of_contact")]

    def __str__(self) -> str:
        return f"data of contact {self.contact_id}"

    @property
    def path(self) -> Path:
        return self.folder() / self.name

    @staticmethod
    def folder() -> Path:
        return root() / "exports"

    def remove(self) -> None:
        """The file goes; that it was asked for stays."""
        if self.name:
            self.path.unlink(missing_ok=True)
            Export.objects.filter(pk=self.pk).update(name="")


class ErasureQuerySet(models.QuerySet["Erasure"]):
    @transaction.atomic
    def ask(self, contact: Contact, *, by: Actor) -> "Erasure":
        """Erase this contact, by a task. Asked again: the same."""
        from mainspring.privacy.tasks import erase

        asked, is_new = self.get_or_create(contact=contact)
        if is_new:
            record(ERASURE_ASKED, asked, by=by, stream=contact)
            erase.enqueue(asked.pk)
        return asked


class Erasure(Work):
    """That a person was erased: when, and how much of him. It says nothing of who he was."""

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="+")
    pieces = models.PositiveIntegerField(default=0)

    objects = ErasureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"erasure of contact {self.contact_id}"

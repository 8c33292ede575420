"""The plan of the backups, and the log of what was made and proven."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mainspring.backups.events import (
    BACKUP_ASKED,
    BACKUP_FAILED,
    BACKUP_MADE,
    BACKUP_PLAN_CHANGED,
    BACKUP_PROVEN,
    DRILL_FAILED,
)
from mainspring.backups.places import Place, places
from mainspring.backups.places.base import SUFFIX, Spot
from mainspring.core.drills import Proven
from mainspring.core.sealing import seal, unseal
from mainspring.core.shop import Shop
from mainspring.events.models import Actor, record

CONTEXT = "secret of the backups' place"
PATIENCE = timedelta(hours=1)
"""After a failure the next try by itself waits so long."""
STALLED = timedelta(hours=6)
"""A backup that has run so long runs no more."""


class Plan(models.Model):
    """The one row that says where backups go, when they are made, and how many are kept."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("a folder of this machine")
        S3 = "s3", _("an S3 bucket")
        SFTP = "sftp", _("a server by SFTP")

    shop_id = models.UUIDField(default=uuid4, editable=False, help_text="By which archives know their shop again.")
    is_on = models.BooleanField(_("backups are made by themselves"), default=True)
    hour = models.PositiveSmallIntegerField(_("daily at"), default=2, validators=[MaxValueValidator(23)])
    kind = models.CharField(_("kept in"), max_length=10, choices=Kind, default=Kind.FOLDER)
    folder = models.CharField(_("folder"), max_length=300, blank=True)
    host = models.CharField(_("server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(
        _("port"), default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    login = models.CharField(_("user name or access key"), max_length=200, blank=True)
    sealed_secret = models.BinaryField(default=b"", editable=False)
    bucket = models.CharField(_("bucket"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True)
    host_key = models.CharField(_("key of the server"), max_length=100, blank=True)
    keep_daily = models.PositiveSmallIntegerField(_("days"), default=7, validators=[MinValueValidator(1)])
    keep_weekly = models.PositiveSmallIntegerField(_("weeks"), default=4)
    keep_monthly = models.PositiveSmallIntegerField(_("months"), default=12)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_plan_of_backups", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.place.address

    @classmethod
    def get(cls) -> "Plan":
        return cls.objects.get_or_create(pk=1)[0]

    @transaction.atomic
    def change(self, *, by: Actor, secret: str = "", **columns: Any) -> None:
        """Other columns; a secret only when a new one is given."""
        changes = {
            name: [str(getattr(self, name)), str(value)]
            for name, value in columns.items()
            if getattr(self, name) != value
        }
        for name, value in columns.items():
            setattr(self, name, value)
        if secret:
            self.sealed_secret = seal(secret, context=CONTEXT)
            changes["secret"] = ["…", "…"]
        if changes:
            self.save()
            record(BACKUP_PLAN_CHANGED, self, by=by, data={"changes": changes})

    @property
    def spot(self) -> Spot:
        """Where the place is, and as whom we come. Raises Broken when the kept secret can't be opened."""
        return Spot(
            folder=self.folder if self.folder or self.kind != Plan.Kind.FOLDER else str(own_folder()),
            host=self.host,
            port=self.port,
            login=self.login,
            secret=unseal(bytes(self.sealed_secret), context=CONTEXT) if self.sealed_secret else "",
            bucket=self.bucket,
            region=self.region,
            host_key=self.host_key,
        )

    @property
    def place(self) -> Place:
        """Where archives go. The folder beside the data, which nobody chose, is made when it is missing."""
        if self.kind == Plan.Kind.FOLDER and not self.folder:
            own_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        return places[self.kind](self.spot)

    @property
    def is_beside_the_data(self) -> bool:
        """Whether one broken disk takes both."""
        return self.kind == Plan.Kind.FOLDER and not self.folder

    def last_due(self, now: datetime) -> datetime:
        """When the last backup was to be made, by the shop's clock."""
        here = now.astimezone(ZoneInfo(Shop.get().time_zone))
        today = here.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today <= here else today - timedelta(days=1)

    def is_due(self, now: datetime) -> bool:
        """Whether one is to be made now: none since the last hour of the plan, none at work, none that just failed."""
        since = Backup.objects.filter(started_at__gte=self.last_due(now)).exclude(state=Backup.State.FAILED)
        failed = Backup.objects.filter(state=Backup.State.FAILED, finished_at__gt=now - PATIENCE)
        at_work = Backup.objects.at_work(now)
        return self.is_on and not since.exists() and not failed.exists() and not at_work.exists()


def own_folder() -> Any:
    """Where archives go until somebody chooses a better place."""
    return settings.DATA / "backups"


class BackupQuerySet(models.QuerySet["Backup"]):
    def latest_first(self) -> "BackupQuerySet":
        return self.order_by("-id")

    def at_work(self, now: datetime) -> "BackupQuerySet":
        """What waits or runs, as long as somebody can still be at it."""
        going = [Backup.State.WAITING, Backup.State.RUNNING]
        return self.filter(state__in=going, started_at__gt=now - STALLED)

    def kept(self) -> "BackupQuerySet":
        """What is in its place."""
        return self.filter(state=Backup.State.MADE)

    def proven(self) -> "BackupQuerySet":
        """What was restored into an empty place and was right."""
        return self.filter(drill=Backup.Drill.PASSED)

    @transaction.atomic
    def begin(self, *, by: Actor | None) -> "Backup":
        """Have one made, in the background; the one that is at work when there is one."""
        from mainspring.backups.tasks import make

        now = timezone.now()
        going = self.at_work(now).first()
        if going is None:
            going = self.create(name=name_of(Plan.get(), now), started_at=now)
            make.enqueue(going.pk)
            if by is not None:
                record(BACKUP_ASKED, going, by=by, data={"name": going.name})
        return going


class Backup(models.Model):
    """One backup: how far it is, what is in it, where it is, and whether it could be restored."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("backup", "waiting")
        RUNNING = "running", pgettext_lazy("backup", "is being made")
        MADE = "made", pgettext_lazy("backup", "kept")
        FAILED = "failed", pgettext_lazy("backup", "failed")
        REMOVED = "removed", pgettext_lazy("backup", "removed in time")

    class Drill(models.TextChoices):
        NONE = "", pgettext_lazy("backup", "not restored yet")
        RUNNING = "running", pgettext_lazy("backup", "is being restored")
        PASSED = "passed", pgettext_lazy("backup", "restored, everything the same")
        FAILED = "failed", pgettext_lazy("backup", "could not be restored")

    name = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.CharField(max_length=60, blank=True)
    share = models.FloatField(default=0)
    address = models.CharField(max_length=500, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    drill = models.CharField(max_length=10, choices=Drill, default=Drill.NONE, blank=True)
    drilled_at = models.DateTimeField(null=True)
    drill_seconds = models.FloatField(default=0)
    proofs = models.JSONField(default=list, help_text="What was tried on the restored copy, and how it went.")

    objects = BackupQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-id"], name="backups_by_state"),
            models.Index(fields=["drill", "-drilled_at"], name="backups_by_drill"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_going(self) -> bool:
        return self.state in (Backup.State.WAITING, Backup.State.RUNNING) or self.drill == Backup.Drill.RUNNING

    def gets_to(self, step: str, share: float) -> None:
        """How far it is, for the page."""
        Backup.objects.filter(pk=self.pk).update(state=Backup.State.RUNNING, step=step, share=share)

    @transaction.atomic
    def made(self, *, address: str, size: int, sha256: str, rows: int, files: int) -> None:
        from mainspring.backups.tasks import prove

        self.state, self.step, self.share, self.error = Backup.State.MADE, "", 1, ""
        self.address, self.size, self.sha256, self.rows, self.files = address, size, sha256, rows, files
        self.finished_at = timezone.now()
        self.save()
        record(BACKUP_MADE, self, by=None, data={"name": self.name, "where": address})
        prove.enqueue(self.pk)

    @transaction.atomic
    def failed(self, why: str) -> None:
        self.state, self.step, self.error, self.finished_at = Backup.State.FAILED, "", why, timezone.now()
        self.save(update_fields=["state", "step", "error", "finished_at"])
        record(BACKUP_FAILED, self, by=None, data={"name": self.name, "why": why})

    @transaction.atomic
    def drilled(self, proofs: Sequence[Proven], *, seconds: float) -> None:
        """How the restoring went: right when every proof holds."""
        wrong = [proof for proof in proofs if not proof.works]
        self.drill = Backup.Drill.FAILED if wrong else Backup.Drill.PASSED
        self.drilled_at, self.drill_seconds = timezone.now(), seconds
        self.proofs = [asdict(proof) for proof in proofs]
        self.save(update_fields=["drill", "drilled_at", "drill_seconds", "proofs"])
        why = "; ".join(f"{proof.name}: {proof.says}" for proof in wrong)
        kind = DRILL_FAILED if wrong else BACKUP_PROVEN
        record(kind, self, by=None, data={"name": self.name, "why": why})


def name_of(plan: Plan, now: datetime) -> str:
    """`mainspring-3f2a91c0-20261125T020000Z.backup`: whose, and when; a second later than one of the same second."""
    name = f"{prefix_of(plan)}{now:%Y%m%dT%H%M%S}Z{SUFFIX}"
    return name_of(plan, now + timedelta(seconds=1)) if Backup.objects.filter(name=name).exists() else name


def prefix_of(plan: Plan) -> str:
    """By which we know our own among the archives of others."""
    return f"mainspring-{plan.shop_id.hex[:8]}-"

"""Durable tasks: a row each, claimed under a lease, retried with back-off, kept when dead."""

from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class TaskQuerySet(models.QuerySet["TaskRow"]):
    def due(self, now: datetime) -> "TaskQuerySet":
        """What waits for a worker, or was left by one whose lease is over; what runs first, first.

        Its states are not named, so that SQLite takes the index for it: else each look would sort all that waits.
        """
        is_free = models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        return self.filter(is_free, finished_at=None, run_after__lte=now).order_by("-priority", "run_after", "id")

    def dead(self) -> "TaskQuerySet":
        """What failed for good, the latest first: to be seen, mended and replayed."""
        return self.filter(state=TaskRow.State.DEAD).order_by("-finished_at")


class TaskRow(models.Model):
    """One task to run. Written in the transaction of the act that wants it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    name = models.CharField(max_length=200)
    args = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    kwargs = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    unique_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 (NULL is "no key")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-priority", "run_after", "id"],
                name="tasks_to_claim",
                condition=models.Q(finished_at=None),
            ),
            models.Index(fields=["state", "finished_at"], name="tasks_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_task_is_finished_once_it_is_done_or_dead",
                condition=models.Q(state__in=["waiting", "running"], finished_at=None)
                | models.Q(state__in=["done", "dead"], finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def replay(self) -> None:
        """Run a dead task again, from its first try."""
        TaskRow.objects.filter(pk=self.pk, state=TaskRow.State.DEAD).update(
            state=TaskRow.State.WAITING, attempts=0, run_after=timezone.now(), finished_at=None
        )

"""The backend behind `@task()` and `.enqueue()`: a row in the caller's transaction, run under a lease."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import normalize_json

from mainspring.events.bell import Bell
from mainspring.events.task_rows import TaskRow

log = logging.getLogger(__name__)

LONG = -10
"""The priority of what may take minutes: a worker of its own runs it, so that no mail waits behind a backup."""

bell = Bell()
"""Rung when a task was committed here: the worker of this process, or forked from the same, needs no poll to see it."""


class LeasedBackend(BaseTaskBackend):
    """Tasks as rows. A rollback leaves none; a killed worker's tasks run again once their lease is over."""

    supports_defer = True
    supports_priority = True

    def enqueue(self, task: "Task[Any, Any]", args: Any, kwargs: Any) -> "TaskResult[Any]":
        self.validate_task(task)
        row = _row(task, args, kwargs)
        row.save(force_insert=True)
        transaction.on_commit(bell.ring)
        return TaskResult(
            task=task,
            id=str(row.pk),
            status=TaskResultStatus.READY,
            enqueued_at=row.created_at,
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=row.args,
            kwargs=row.kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def enqueue_each(task: "Task[Any, Any]", asked: Iterable[tuple[Any, ...]]) -> None:
    """The task with each of these arguments, as `.enqueue()` does it, in one statement."""
    TaskRow.objects.bulk_create(_row(task, args, {}) for args in asked)
    transaction.on_commit(bell.ring)


def _row(task: "Task[Any, Any]", args: Any, kwargs: Any) -> TaskRow:
    return TaskRow(
        name=task.module_path,
        args=normalize_json(list(args)),
        kwargs=normalize_json(kwargs),
        priority=task.priority,
        run_after=task.run_after or timezone.now(),
    )


class Retry(Exception):
    """Raised by a task that wants to be run again later, without a fault."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again in {after}")
        self.after = after


SCHEDULE: "list[tuple[Task[Any, Any], timedelta]]" = []


def every(**spell: int) -> "Callable[[Task[Any, Any]], Task[Any, Any]]":
    """Run a task once a slot of this length, however many workers there are: `@every(minutes=5)` over `@task()`."""

    def join(task: "Task[Any, Any]") -> "Task[Any, Any]":
        SCHEDULE.append((task, timedelta(**spell)))
        return task

    return join


class Timetable:
    """Puts each scheduled task in the queue once a slot. Every worker has one; the row's key makes it one row."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def enqueue_due(self, now: datetime) -> None:
        """Enqueue what is scheduled for the current slot, unless somebody did. Asks the database once a slot."""
        keys = {f"{task.module_path}@{int(now.timestamp() // spell.total_seconds())}": task for task, spell in SCHEDULE}
        for key in keys.keys() - self.seen:
            if not TaskRow.objects.filter(unique_key=key).exists():
                self._enqueue(keys[key], key)
        self.seen = set(keys)

    def _enqueue(self, task: "Task[Any, Any]", key: str) -> None:
        try:
            with transaction.atomic():
                TaskRow.objects.create(name=task.module_path, unique_key=key, priority=task.priority)
        except IntegrityError:
            log.debug("Another worker enqueued %s.", key)

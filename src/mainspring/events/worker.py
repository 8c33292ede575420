"""The worker: claims a task under a lease, runs it, keeps the lease alive, retries with back-off."""

import logging
import os
import secrets
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from mainspring.events.origin import acting_from
from mainspring.events.pulse import Heart
from mainspring.events.task_rows import TaskRow
from mainspring.events.tasks import Retry, Timetable, bell

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=float(os.environ.get("MAINSPRING_LEASE", "60")))
POLL = 1.0
BACK_OFF = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
TRIES = len(BACK_OFF) + 1
KILLED = "Every worker that ran this task died over it."
KEEP_DONE = timedelta(days=7)


ALL, QUICK, LONG_ONES = Q(), Q(priority__gte=0), Q(priority__lt=0)
"""Which tasks a worker takes."""


class Worker:
    """Runs tasks until told to stop. Several may run, in one process or many; each task has one at a time."""

    def __init__(self, stopping: threading.Event | None = None, takes: Q = ALL) -> None:
        self.stopping = stopping or threading.Event()
        self.takes = takes
        self.timetable = Timetable()
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"

    def run(self) -> None:
        """Work until `stopping` is set. A fault of the database is waited out."""
        if self.takes != LONG_ONES:
            Heart("worker", threading.current_thread(), self.stopping).start()
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.timetable.enqueue_due(timezone.now())
                busy = self.run_one()
            except Exception:
                log.exception("The worker could not reach its tasks; it tries again.")
                busy = False
            if not busy:
                bell.wait(POLL)
        connection.close()

    def run_all(self) -> int:
        """Run what is due now, and what that enqueues; returns how many. For tests and commands."""
        ran = 0
        while self.run_one():
            ran += 1
        return ran

    def run_one(self) -> bool:
        row = self.claim()
        if row is None:
            return False
        with self.lease_kept(row), acting_from(f"task {row.name.rsplit('.', 1)[-1]}"):
            try:
                import_string(row.name).func(*row.args, **row.kwargs)
            except Retry as again:
                self.finish(
                    row, state=TaskRow.State.WAITING, run_after=timezone.now() + again.after, attempts=row.attempts - 1
                )
            except (Exception, SystemExit):
                self.fail(row, traceback.format_exc())
            else:
                self.finish(row, state=TaskRow.State.DONE, finished_at=timezone.now(), error="")
        return True

    def claim(self) -> TaskRow | None:
        """The next due task, ours alone until the lease ends. A running one whose lease is over counts as due."""
        now = timezone.now()
        with transaction.atomic():
            wanted = TaskRow.objects.due(now).filter(self.takes)
            row = wanted.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
            if row is not None and row.attempts >= TRIES:
                row.state, row.error, row.finished_at = TaskRow.State.DEAD, KILLED, now
                row.save(update_fields=["state", "error", "finished_at"])
            elif row is not None:
                row.state, row.worker = TaskRow.State.RUNNING, self.name
                row.attempts, row.leased_until = row.attempts + 1, now + LEASE
                row.save(update_fields=["state", "worker", "attempts", "leased_until"])
        return self.claim() if row is not None and row.state == TaskRow.State.DEAD else row

    def fail(self, row: TaskRow, error: str) -> None:
        """Again later; after the last try it is dead, and waits to be seen and replayed."""
        if row.attempts < TRIES:
            self.finish(
                row,
                state=TaskRow.State.WAITING,
                error=error,
                run_after=timezone.now() + BACK_OFF[row.attempts - 1],
            )
        else:
            self.finish(row, state=TaskRow.State.DEAD, error=error, finished_at=timezone.now())
        log.warning("%s failed at try %s: %s", row.name, row.attempts, error.strip().rsplit("\n", 1)[-1])

    def finish(self, row: TaskRow, **columns: object) -> None:
        """Write the outcome, unless the lease was lost and somebody else has the task."""
        self.held(row).update(leased_until=None, **columns)

    def held(self, row: TaskRow) -> "QuerySet[TaskRow]":
        """The task while it is ours: not once its lease was lost to another, or it is done."""
        return TaskRow.objects.filter(pk=row.pk, worker=self.name, state=TaskRow.State.RUNNING)

    @contextmanager
    def lease_kept(self, row: TaskRow) -> Iterator[None]:
        """Renew the lease while the task runs. A fault of the database is tried again before the lease ends."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(LEASE.total_seconds() / 4):
                try:
                    self.held(row).update(leased_until=timezone.now() + LEASE)
                except DatabaseError:
                    log.exception("The lease of %s could not be renewed; it is tried again.", row.name)
                    connection.close()
            connection.close()

        heart = threading.Thread(target=renew, name=f"lease of task {row.pk}", daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()


def prune() -> int:
    """Forget tasks done long ago; returns how many."""
    old = TaskRow.objects.filter(state=TaskRow.State.DONE, finished_at__lt=timezone.now() - KEEP_DONE)
    return old.delete()[0]

"""The pulse of what runs beside the pages: a row a process, renewed every few seconds by a thread of its own."""

import logging
import os
import socket
import threading
from datetime import timedelta
from typing import ClassVar

from django.db import close_old_connections, connection, models
from django.utils import timezone

log = logging.getLogger(__name__)

BEAT = 4.0
"""Seconds between two beats."""
STOPPED = timedelta(seconds=15)
"""So long without a beat is no life."""


FORGOTTEN = timedelta(days=1)


class PulseQuerySet(models.QuerySet["Pulse"]):
    def alive(self) -> "PulseQuerySet":
        return self.filter(at__gt=timezone.now() - STOPPED)


class Pulse(models.Model):
    """That a process was alive a moment ago, and could write: `worker` runs the tasks."""

    name = models.CharField(max_length=120, unique=True, help_text="What it does, where, and its process.")
    work = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PulseQuerySet] = PulseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["work", "-at"], name="pulses_by_work")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, work: str) -> None:
        """One beat of this process. Those of processes that are long gone are forgotten at the first one."""
        now, name = timezone.now(), f"{work}@{socket.gethostname()[:60]}:{os.getpid()}"
        if not cls.objects.filter(name=name).update(at=now):
            cls.objects.filter(at__lt=now - FORGOTTEN).delete()
            cls.objects.get_or_create(name=name, defaults={"work": work, "at": now})


def try_to_write(work: str) -> None:
    """One beat, and whether it could be written."""
    global _fault
    try:
        Pulse.beat(work)
    except Exception as error:
        log.warning("The pulse of %s could not be written: %s", work, error)
        connection.close()
        _fault = str(error)[:300] or type(error).__name__
    else:
        _fault = ""


def fault() -> str:
    """Why this process could not write at its last beat; empty when it could, or does not beat."""
    return _fault


_fault = ""


class Heart(threading.Thread):
    """Beats for another thread, as long as that one lives and nobody stops it."""

    def __init__(self, work: str, body: threading.Thread, stopping: threading.Event) -> None:
        super().__init__(name=f"pulse of {work}", daemon=True)
        self.work, self.body, self.stopping = work, body, stopping

    def run(self) -> None:
        while self.body.is_alive() and not self.stopping.is_set():
            close_old_connections()
            try_to_write(self.work)
            self.stopping.wait(BEAT)
        try:
            Pulse.objects.filter(work=self.work, name__endswith=f":{os.getpid()}").delete()
        except Exception as error:
            log.info("The pulse of %s could not be taken back: %s", self.work, error)
        connection.close()

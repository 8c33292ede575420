"""What both soaks need: an installation of their own, real worker processes, and a hand that kills them."""

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import migrated

COMMAND = Path(sys.executable).with_name("mainspring")


@contextmanager
def installation(**environment: str) -> Iterator[None]:
    """A fresh database and data folder, migrated, with Django set up on it in this process. Gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="soak-"))
    os.environ.update(
        MAINSPRING_DATA=str(home),
        SECRET_KEY=secrets.token_hex(32),
        MAINSPRING_LEASE="2",
        MAINSPRING_ALLOW_PRIVATE="1",
        LOG_LEVEL="CRITICAL",
        DJANGO_SETTINGS_MODULE="mainspring.config.settings",
        **environment,
    )
    if server := os.environ.get("DATABASE_URL"):
        name = f"soak_{secrets.token_hex(4)}"
        migrated.copy_database(name, server)
        os.environ["DATABASE_URL"] = f"{server.rpartition('/')[0]}/{name}"
    else:
        migrated.copy_file(home / "mainspring.sqlite3")
    import django

    django.setup()
    try:
        yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


def without_backups() -> None:
    """None is made and restored beside the soak: mail is what is asked about."""
    from mainspring.backups.models import Plan

    Plan.objects.update_or_create(pk=1, defaults={"is_on": False})


@dataclass
class Kills:
    """Worker processes that are killed -9 at random; a kill counts when it hit a living process in its work.

    `mend` runs while the hand waits, `after` when a process is dead.
    """

    wanted: int
    is_work_left: Callable[[], bool]
    is_busy: Callable[[int], bool]
    mend: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    hits: int = 0
    misses: int = 0

    def run(self, *, limit: float) -> float:
        """Start, kill, start again, until all work is done. Returns the seconds it took."""
        began = time.monotonic()
        while self.is_work_left() and time.monotonic() - began < limit:
            process = self.start()
            try:
                if self.hits < self.wanted:
                    self.kill(process)
                else:
                    self.wait_for_the_end(process, began + limit)
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()
        return time.monotonic() - began

    def start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([str(COMMAND), "worker"], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until it is at work, a random moment more, and catch it at work again; then no goodbye."""
        self.catch(process.pid, 10)
        time.sleep(random.uniform(0, 0.6))
        was_busy = self.catch(process.pid, 0.5) and process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.after()
        if was_busy:
            self.hits += 1
        else:
            self.misses += 1

    def catch(self, pid: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not (busy := self.is_busy(pid)) and time.monotonic() < until:
            self.mend()
            time.sleep(0.005)
        return busy

    def wait_for_the_end(self, process: "subprocess.Popen[bytes]", until: float) -> None:
        while self.is_work_left() and time.monotonic() < until and process.poll() is None:
            self.mend()
            time.sleep(0.2)

"""Health tells the truth: real faults, made one after the other; how soon each shows at `/health`, and is gone after.

python tests/soak_health.py            every fault, each by itself: red within 30 s, green within 60 s
python tests/soak_health.py --short    those that need no root, all of them at once

A fault that broke nothing fails the run: each is looked at from its own side before the page is asked.
"""

import argparse
import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from dovecot import Dovecot, dovecot
from guards import lifted
from smtp_double import SmtpDouble, free_port
from soak_mail import poison
from soak_rig import COMMAND, installation

Broke = Callable[[], bool]


@dataclass
class Fault:
    """What is broken and mended, the topic that must say so, and whether it was broken in truth."""

    name: str
    topic: str
    break_it: Callable[[], Any]
    is_broken: Broke
    mend: Callable[[], Any]
    is_short: bool = True
    """Whether it can be made by anybody, and beside others."""


class Mailer:
    """The mail server: it can be stopped, and started on the same port."""

    def __init__(self) -> None:
        from aiosmtpd.controller import Controller

        self.port = free_port()
        self.make = lambda: Controller(SmtpDouble(), hostname="127.0.0.1", port=self.port)
        self.controller = self.make()

    def start(self) -> None:
        self.controller = self.make()
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()

    def is_down(self) -> bool:
        try:
            smtplib.SMTP("127.0.0.1", self.port, timeout=2).quit()
        except OSError:
            return True
        return False


class Process:
    """A part of the installation, as a process of its own."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(COMMAND), *self.words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None


def topics(port: int) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            told: dict[str, str] = json.load(answer)["topics"]
    except OSError:
        return {}
    return told


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took; infinite when it did not come."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.3)
    return float("inf")


def faults_of(mailer: Mailer, imap: Dovecot, worker: Process, home: Path, disk: Path | None) -> list[Fault]:
    """All of them, over a shop that is there."""
    from django.db import connection
    from django.utils import timezone

    from mainspring.backups.models import Plan
    from mainspring.billing.models import Standing
    from mainspring.billing.tasks import check_money
    from mainspring.core import search
    from mainspring.core.keyring import key_file
    from mainspring.core.models import SearchDocument
    from mainspring.core.search.places import place_of
    from mainspring.events.models import Event, Pulse, TaskRow
    from mainspring.inbox.models import ReceivedMail
    from mainspring.inbox.models.received import receive
    from mainspring.tickets.models import Ticket

    kept, away = home / "kept-backups", home / "unplugged"
    kept.mkdir()
    plan = Plan.get()
    plan.folder, plan.is_on = str(kept), False
    plan.save()
    ticket = Ticket.objects.order_by("id")[0]
    standing = Standing.objects.order_by("pk")[0]
    place = place_of("ticket", ticket.pk)
    ahead = "worker@another-machine:1"

    def a_dead_task() -> None:
        TaskRow.objects.create(name="mainspring.events.running.run_reaction", args=["no.such", 0], attempts=7)

    def books(sign: int) -> Callable[[], None]:
        def move() -> None:
            Standing.objects.filter(pk=standing.pk).update(paid=standing.paid + (1 if sign else 0))
            check_money.enqueue()

        return move

    def discard() -> None:
        ReceivedMail.objects.unfiled().update(state=ReceivedMail.State.DISCARDED)

    def put_in() -> None:
        """An event past the house, without its mark."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events_event (kind, subject, stream, actor, actor_name, origin, at, data)"
                " SELECT kind, 'forged:1', stream, actor, actor_name, origin, at, data FROM events_event"
                " ORDER BY id LIMIT 1"
            )

    def take_out() -> None:
        with lifted(connection), connection.cursor() as cursor:
            cursor.execute("DELETE FROM events_event WHERE subject = 'forged:1'")

    found = [
        Fault(
            "an event is put in by other hands", "trail",
            put_in, Event.objects.filter(subject="forged:1").exists, take_out, is_short=False,
        ),
        Fault(
            "a mail is kept aside", "mail_in",
            lambda: receive(poison(1), source="pipe"), ReceivedMail.objects.unfiled().exists, discard,
        ),
        Fault(
            "a task failed for good", "tasks",
            a_dead_task, TaskRow.objects.dead().exists, lambda: TaskRow.objects.dead().delete(),
        ),
        Fault(
            "the money differs", "payments", books(1),
            lambda: Standing.objects.get(pk=standing.pk).paid != standing.paid, books(0),
        ),
        Fault("the mail server is stopped", "mail_out", mailer.stop, mailer.is_down, mailer.start),
        Fault(
            "the folder of the backups is gone", "backups",
            lambda: kept.rename(away), lambda: not kept.exists(), lambda: away.rename(kept),
        ),
        Fault(
            "the master key is gone", "keys",
            lambda: key_file().rename(home / "lost.key"), lambda: not key_file().exists(),
            lambda: (home / "lost.key").rename(key_file()),
        ),
        Fault(
            "the search has lost a ticket", "searching",
            lambda: search.forget("ticket", ticket.pk),
            lambda: not SearchDocument.objects.filter(place=place).exists(), search.reindex,
        ),
        Fault(
            "another machine's clock is ahead (a double)", "clock",
            lambda: Pulse.objects.create(name=ahead, work="worker", at=timezone.now() + timedelta(minutes=10)),
            Pulse.objects.filter(name=ahead).exists, lambda: Pulse.objects.filter(name=ahead).delete(),
        ),
        Fault(
            "the worker is killed -9", "tasks", worker.kill, worker.is_dead, worker.start, is_short=False,
        ),
        Fault(
            "the IMAP server is stopped", "mail_in",
            imap.stop, lambda: imap.process is None, imap.start, is_short=False,
        ),
        Fault("nothing can be saved", "writing", *unwritable(connection), is_short=False),
    ]  # fmt: skip
    if disk is not None:
        filler, files = home / "filler", home / "files"
        found += [
            Fault(
                "the disk is full", "disk",
                lambda: fill(filler), lambda: free(home) < 200 * 1024**2, filler.unlink, is_short=False,
            ),
            Fault(
                "the file system is read-only", "disk",
                lambda: remount(files, "ro"), lambda: not can_write(files), lambda: remount(files, "rw"),
                is_short=False,
            ),
        ]  # fmt: skip
    return found


def free(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def fill(filler: Path) -> None:
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free(filler.parent) - 50 * 1024**2)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def can_write(folder: Path) -> bool:
    try:
        (folder / "probe").write_bytes(b"x")
        (folder / "probe").unlink()
    except OSError:
        return False
    return True


def unwritable(connection: Any) -> tuple[Callable[[], Any], Broke, Callable[[], Any]]:
    """SQLite: somebody holds its lock. PostgreSQL: it takes no changes, as a replica does."""
    if connection.vendor == "sqlite":
        import sqlite3

        holder = sqlite3.connect(
            str(connection.settings_dict["NAME"]), isolation_level=None, check_same_thread=False, timeout=30
        )

        def is_locked() -> bool:
            try:
                sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=0.1).execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False

        return lambda: holder.execute("BEGIN EXCLUSIVE"), is_locked, lambda: holder.execute("COMMIT")
    return lambda: read_only(connection, "on"), lambda: takes_nothing(connection), lambda: read_only(connection, "off")


def read_only(connection: Any, how: str) -> None:
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        cursor.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {how}')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


def takes_nothing(connection: Any) -> bool:
    import psycopg

    try:
        with psycopg.connect(os.environ["DATABASE_URL"]) as other:
            other.execute("CREATE TABLE probe (x int)")
            other.rollback()
    except psycopg.errors.ReadOnlySqlTransaction:
        return True
    return False


def found_a_shop(imap: Dovecot) -> None:
    """Somebody who owns it, a ticket, an invoice, a mailbox that is read."""
    from decimal import Decimal

    from mainspring.billing.issuing import FinalInvoice
    from mainspring.core.keyring import make_first
    from mainspring.inbox.models import Mailbox
    from mainspring.tickets.models import Ticket
    from mainspring.work.models import Service, add_service
    from world import build_world

    world = build_world()
    make_first()
    service = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    ticket = Ticket.objects.open("It does not start", by=world.fay, contact=world.carol)
    add_service(ticket, service, by=world.tess)
    FinalInvoice(ticket).issue(by=world.bill)
    Mailbox.add(
        by=None, password=imap.password, address="desk@mainstreet.example", host="127.0.0.1", port=imap.port,
        security="none", login="desk",
    )  # fmt: skip


def soak(port: int, worker: Process, faults: list[Fault], limits: tuple[float, float], *, at_once: bool) -> list[str]:
    """What went wrong; empty when health told the truth of all of them."""
    red, green = limits
    wrong: list[str] = []
    watched = {fault.topic for fault in faults}
    began = wait_for(lambda: all(topics(port).get(topic) in ("fine", "warning") for topic in watched), 180)
    if began == float("inf"):
        return [f"it was not well before anything was broken: {topics(port)}"]
    for group in [faults] if at_once else [[fault] for fault in faults]:
        moments: dict[str, float] = {}
        for fault in group:
            fault.break_it()
            if wait_for(fault.is_broken, 30) == float("inf"):
                wrong.append(f"{fault.name}: nothing was broken by it")
            moments[fault.name] = time.monotonic()
        shown = {fault.name: time_until(port, fault.topic, "broken", moments[fault.name], red) for fault in group}
        for fault in group:
            fault.mend()
            moments[fault.name] = time.monotonic()
        gone = {fault.name: time_until(port, fault.topic, "", moments[fault.name], green) for fault in group}
        for fault in group:
            print(f"{fault.name:45} {fault.topic:10} red {shown[fault.name]:5.1f} s, green {gone[fault.name]:5.1f} s")
            wrong += [f"{fault.name}: not red in {red} s"] if shown[fault.name] == float("inf") else []
            wrong += [f"{fault.name}: not green in {green} s"] if gone[fault.name] == float("inf") else []
    return wrong


def time_until(port: int, topic: str, wanted: str, since: float, limit: float) -> float:
    """Seconds from then until the topic is broken, or is not."""
    while time.monotonic() - since < limit:
        told = topics(port).get(topic, "")
        if told and (told == "broken") == (wanted == "broken"):
            return time.monotonic() - since
        time.sleep(0.3)
    return float("inf")


@contextlib.contextmanager
def small_disk(wanted: bool) -> Iterator[Path | None]:
    """A file system of its own in memory, on which the data live; needs root."""
    if not wanted:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900m", "tmpfs", str(folder)], check=True)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = None
        subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


@contextlib.contextmanager
def files_apart(disk: Path | None) -> Iterator[None]:
    """The stored files on a file system of their own, so that it can be set to read-only."""
    if disk is None:
        yield
        return
    files = Path(os.environ["MAINSPRING_DATA"]) / "files"
    files.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900m", "tmpfs", str(files)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(files)], check=False)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="", help="faults whose name has this word")
    parser.add_argument("--red", type=float, default=30)
    parser.add_argument("--green", type=float, default=60)
    given = parser.parse_args()
    mailer, port = Mailer(), free_port()
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with (
        dovecot() as imap,
        small_disk(not given.short) as disk,
        installation(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(mailer.port)),
        files_apart(disk),
    ):
        home = Path(os.environ["MAINSPRING_DATA"])
        mailer.start()
        found_a_shop(imap)
        worker, pages = Process("worker"), Process("serve", "--no-tasks", "--port", str(port))
        faults = faults_of(mailer, imap, worker, home, disk)
        chosen = [one for one in faults if (one.is_short or not given.short) and given.only in one.name]
        try:
            pages.start()
            worker.start()
            wrong = soak(port, worker, chosen, (given.red, given.green), at_once=given.short)
        finally:
            for process in (worker, pages):
                process.kill()
            mailer.stop()
    print("\n".join(wrong) or f"Health told the truth of {len(chosen)} faults.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

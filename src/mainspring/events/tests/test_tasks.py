"""Durable tasks: what a rollback, a fault and a kill leave behind."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task

from mainspring.events.task_rows import TaskRow
from mainspring.events.tasks import Retry
from mainspring.events.worker import BACK_OFF, Worker

done: list[str] = []


@task()
def note(word: str) -> None:
    done.append(word)


@task()
def break_down() -> None:
    raise RuntimeError("no paper in the printer")


@task()
def come_again() -> None:
    raise Retry(timedelta(minutes=3))


@task()
def dawdle(path: str) -> None:
    """Writes a line when it starts and another when it ends, 3 seconds later the first time."""
    diary = Path(path)
    first = not diary.exists()
    with diary.open("a") as lines:
        lines.write("start\n")
    if first:
        time.sleep(30)
    with diary.open("a") as lines:
        lines.write("end\n")


@pytest.mark.django_db
def test_a_task_runs_once() -> None:
    done.clear()
    note.enqueue("a")
    assert Worker().run_all() == 1
    assert Worker().run_all() == 0
    assert done == ["a"]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_task() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue("never")
        raise ZeroDivisionError
    assert not TaskRow.objects.exists()


@pytest.mark.django_db
def test_a_failing_task_backs_off_then_lies_dead_and_can_be_replayed() -> None:
    break_down.enqueue()
    for _ in BACK_OFF:
        assert Worker().run_all() == 1
        row = TaskRow.objects.get()
        assert row.state == TaskRow.State.WAITING and row.run_after > timezone.now()
        TaskRow.objects.update(run_after=timezone.now())
    Worker().run_all()
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.DEAD and "no paper in the printer" in row.error
    row.replay()
    assert Worker().run_one()


@pytest.mark.django_db
def test_a_task_may_ask_to_come_again() -> None:
    come_again.enqueue()
    Worker().run_all()
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.WAITING and not row.error


@pytest.mark.django_db(transaction=True)
def test_a_task_whose_worker_was_killed_runs_again(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    dawdle.enqueue(str(diary))
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "MAINSPRING_LEASE": "1", "PYTHONPATH": str(Path(__file__).parents[4])}
    code = (
        "import django; django.setup()\n"
        "from django.db import connections\n"
        f"connections['default'].settings_dict['NAME'] = {str(name)!r}\n"
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location({__name__!r}, {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec); sys.modules[spec.name] = module\n"
        "spec.loader.exec_module(module)\n"
        "from mainspring.events.worker import Worker\n"
        "Worker().run()\n"
    )
    environment["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", code], env=environment)

    def wait_for(words: list[str]) -> None:
        until = time.monotonic() + 40
        while time.monotonic() < until:
            if diary.exists() and diary.read_text().split() == words:
                return
            time.sleep(0.05)
        raise AssertionError(diary.read_text() if diary.exists() else "the worker never began")

    first = start()
    wait_for(["start"])
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    second = start()
    try:
        wait_for(["start", "start", "end"])
    finally:
        second.kill()
        second.wait()

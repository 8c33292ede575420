"""Workers in processes of their own, several at once and killed in mid-task: nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
from django.db import connection, transaction

from mainspring.events.task_rows import TaskRow
from mainspring.events.tests.chores import labour

pytestmark = pytest.mark.server

KILLS = int(os.environ.get("MAINSPRING_KILLS", "6"))

CODE = "import sys, django; django.setup(); from mainspring.events.tests.chores import work_in; work_in(sys.argv[1])"

Process = subprocess.Popen[bytes]


@pytest.fixture
def start_worker() -> Iterator[Callable[[], Process]]:
    """Starts a worker on the tests' database, with leases of a second."""
    environment = {**os.environ, "MAINSPRING_LEASE": "1", "DJANGO_SETTINGS_MODULE": "mainspring.config.settings"}
    command = [sys.executable, "-c", CODE, str(connection.settings_dict["NAME"])]
    started: list[Process] = []

    def start() -> Process:
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)


def lines(diary: Path) -> list[list[str]]:
    return [line.split() for line in diary.read_text().splitlines()] if diary.exists() else []


def is_longer(diary: Path, known: int) -> bool:
    return len(lines(diary)) > known


def ended(diary: Path) -> Counter[str]:
    return Counter(word for what, word, _pid in lines(diary) if what == "end")


def all_done() -> bool:
    return not TaskRow.objects.filter(name=labour.module_path).exclude(state=TaskRow.State.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_tasks_and_run_each_once(tmp_path: Path, start_worker: Callable[[], Process]) -> None:
    diary = tmp_path / "diary"
    with transaction.atomic():
        for number in range(120):
            labour.enqueue(str(diary), str(number), 0.01)
    workers = [start_worker(), start_worker()]
    wait_until(all_done)
    assert ended(diary) == {str(number): 1 for number in range(120)}
    assert {int(pid) for _what, _word, pid in lines(diary)} == {worker.pid for worker in workers}


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(tmp_path: Path, start_worker: Callable[[], Process]) -> None:
    """Kills at random until so many tasks were hit in the middle; then every task still comes to its end."""
    diary, random, tasks = tmp_path / "diary", Random(1), 60
    with transaction.atomic():
        for number in range(tasks):
            labour.enqueue(str(diary), str(number), 0.1)
    cut_short = 0
    worker = start_worker()
    while cut_short < KILLS:
        known = len(lines(diary))
        wait_until(partial(is_longer, diary, known))
        time.sleep(random.uniform(0, 0.15))
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        last = lines(diary)[-1]
        cut_short += last[0] == "start"
        worker = start_worker()
    wait_until(all_done)
    started = Counter(word for what, word, _pid in lines(diary) if what == "start")
    assert set(ended(diary)) == {str(number) for number in range(tasks)}
    assert sum(started.values()) >= tasks + cut_short

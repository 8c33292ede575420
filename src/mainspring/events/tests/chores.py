"""Tasks for the tests, and the worker that runs them in a process of its own.

What a task does it writes into a file, a line in one write, so that it is seen whatever becomes of the process.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import connection, connections
from django_tasks import task

from mainspring.events.origin import current_origin
from mainspring.events.tasks import Retry
from mainspring.events.worker import Worker


def write(path: str, line: str) -> None:
    with Path(path).open("a") as diary:
        diary.write(f"{line}\n")


@task()
def note(path: str, word: str) -> None:
    write(path, word)


@task()
def labour(path: str, word: str, seconds: float) -> None:
    """Writes when it starts and when it ends, each with the process."""
    write(path, f"start {word} {os.getpid()}")
    time.sleep(seconds)
    write(path, f"end {word} {os.getpid()}")


@task()
def break_down() -> None:
    raise RuntimeError("no paper in the printer")


@task()
def leave() -> None:
    sys.exit("a library thought it knew better")


@task()
def come_again() -> None:
    raise Retry(timedelta(minutes=3))


@task()
def tell_origin(path: str) -> None:
    write(path, f"{current_origin()} {connection.in_atomic_block}")


def work_in(database: str) -> None:
    """A worker on that database, until it is killed."""
    connections["default"].settings_dict["NAME"] = database
    Worker().run()

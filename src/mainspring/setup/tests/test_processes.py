"""The processes of `serve`, really forked, really killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.server

PARENT = """
import os, sys, time
from pathlib import Path
from mainspring.setup import processes

def stay(name):
    with open(sys.argv[1], "a") as diary:
        print(name, os.getpid(), file=diary)
    while not Path(sys.argv[1]).with_name(name).exists():
        time.sleep(0.01)
    sys.exit(3)

processes.AGAIN_AFTER = 0.05
sys.exit(processes.Processes({name: lambda name=name: stay(name) for name in ("pages", "tasks")}).run())
"""


class Family:
    """A parent with two children, who write down their numbers; one ends by itself when a file of its name is there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.diary = folder, folder / "diary"
        self.parent = subprocess.Popen([sys.executable, "-c", PARENT, str(self.diary)], stderr=subprocess.PIPE)

    def born(self, count: int) -> list[tuple[str, int]]:
        """The first so many that ever started."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            lines = self.diary.read_text().split("\n")[:-1] if self.diary.exists() else []
            if len(lines) >= count:
                return [(name, int(pid)) for name, pid in (line.split() for line in lines)]
            time.sleep(0.01)
        raise AssertionError(f"{count} processes never started.")

    def are_gone(self, *pids: int) -> bool:
        until = time.monotonic() + 10
        while any(map(lives, pids)) and time.monotonic() < until:
            time.sleep(0.01)
        return not any(map(lives, pids))


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextmanager
def family(folder: Path) -> Iterator[Family]:
    one = Family(folder)
    try:
        yield one
    finally:
        one.parent.kill()
        one.parent.communicate()


def test_what_is_killed_is_started_again_and_the_other_stays(tmp_path: Path) -> None:
    with family(tmp_path) as one:
        (_, pages), (name, tasks) = one.born(2)
        os.kill(tasks, signal.SIGKILL)
        again, newer = one.born(3)[2]
        assert (again, one.are_gone(tasks), lives(pages), lives(newer)) == (name, True, True, True)


def test_what_ends_by_itself_ends_all_with_its_code(tmp_path: Path) -> None:
    with family(tmp_path) as one:
        pids = [pid for _, pid in one.born(2)]
        (tmp_path / "tasks").touch()
        assert one.parent.wait(10) == 3
        assert one.are_gone(*pids)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_parent_stops_all(tmp_path: Path, stop: signal.Signals) -> None:
    with family(tmp_path) as one:
        pids = [pid for _, pid in one.born(2)]
        one.parent.send_signal(stop)
        assert one.parent.wait(10) == 0
        assert one.are_gone(*pids) and len(one.born(2)) == 2


def test_no_child_outlives_a_killed_parent(tmp_path: Path) -> None:
    with family(tmp_path) as one:
        pids = [pid for _, pid in one.born(2)]
        one.parent.kill()
        one.parent.wait()
        assert one.are_gone(*pids)

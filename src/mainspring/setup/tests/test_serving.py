"""`mainspring serve` as it is started."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from houses import COMMAND, House

pytestmark = pytest.mark.server


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_tasks_give_way_to_pages(tmp_path: Path) -> None:
    house = House.build(tmp_path / "data").with_tables()
    house.give_secret_key()
    with subprocess.Popen(
        [str(COMMAND), "serve", "--port", "0"], env=house.environment, stdout=subprocess.DEVNULL
    ) as serving:
        try:
            ours, until = os.getpriority(os.PRIO_PROCESS, 0), time.monotonic() + 60
            while sorted(os.getpriority(os.PRIO_PROCESS, one) - ours for one in children_of(serving.pid)) != [0, 10]:
                assert serving.poll() is None and time.monotonic() < until
                time.sleep(0.1)
        finally:
            serving.terminate()

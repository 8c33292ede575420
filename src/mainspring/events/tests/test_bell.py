"""A bell is heard over processes, and kept until it is heard."""

import os
import time

from mainspring.events.bell import Bell


def test_a_forked_process_is_heard_at_once() -> None:
    bell = Bell()
    child = os.fork()
    if not child:
        bell.ring()
        os._exit(0)
    began = time.monotonic()
    bell.wait(10)
    assert time.monotonic() - began < 5
    os.waitpid(child, 0)


def test_what_was_rung_before_is_heard_once() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(10)
    began = time.monotonic()
    bell.wait(0.2)
    assert time.monotonic() - began >= 0.19


def test_nobody_waits_who_rings_where_nobody_listens() -> None:
    bell = Bell()
    for _ in range(100_000):
        bell.ring()

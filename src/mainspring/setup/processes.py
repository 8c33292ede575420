"""The processes of one `serve`, forked from a parent that does nothing but watch them."""

import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from django.db import connections

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0
"""Seconds after which a killed process is started again."""
STOPS = (signal.SIGTERM, signal.SIGINT)


class Processes:
    """Run each work in a process of its own until told to stop.

    One that is killed, say for want of memory, is started again; one that ends by itself ends all: what it said is the
    reason. They share the memory of all that was loaded before, and die when the parent does.
    """

    def __init__(self, works: dict[str, Callable[[], object]]) -> None:
        self.works = works
        self.living: dict[int, str] = {}
        self.is_ending = False
        self.lifeline, self.held = os.pipe()

    def run(self) -> int:
        """Start all and wait for their end. Returns the exit code of the one that ended by itself, or 0."""
        connections.close_all()
        code = 0
        for stop in STOPS:
            signal.signal(stop, self.end)
        for name in self.works:
            self.start(name)
        while self.living:
            pid, status = os.wait()
            name, ended = self.living.pop(pid, ""), os.waitstatus_to_exitcode(status)
            if ended < 0 and name and not self.is_ending:
                log.error("The process of the %s was killed by signal %s; it is started again.", name, -ended)
                time.sleep(AGAIN_AFTER)
                self.start(name)
            elif not self.is_ending:
                code = ended
                self.end()
        return code

    def end(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.is_ending = True
        for pid in self.living:
            os.kill(pid, signal.SIGTERM)

    def start(self, name: str) -> None:
        """Fork. A signal to stop waits until the child is known here, and there until it has handlers of its own."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        if not self.is_ending:
            pid = os.fork()
            if not pid:
                self.live(name)
            self.living[pid] = name
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)

    def live(self, name: str) -> NoReturn:
        """What the child does, to its end. Of a group of its own: Ctrl-C reaches the parent, who tells it."""
        code: object = 1
        try:
            os.setpgid(0, 0)
            os.close(self.held)
            for stop in STOPS:
                signal.signal(stop, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            threading.Thread(target=self.die_with_the_parent, name="lifeline", daemon=True).start()
            self.works[name]()
            code = 0
        except SystemExit as end:
            code = end.code
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 1)

    def die_with_the_parent(self) -> None:
        os.read(self.lifeline, 1)
        os._exit(1)

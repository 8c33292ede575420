"""A bell between threads and processes."""

import os
import select
from contextlib import suppress


class Bell:
    """Who rings in one process is heard in another that was forked from the same. It stays rung until it is heard.

    A pipe and no `multiprocessing.Event`: that one has a lock, which a process killed at the wrong moment takes along.
    """

    def __init__(self) -> None:
        self.ear, self.hand = os.pipe()
        os.set_blocking(self.ear, False)
        os.set_blocking(self.hand, False)

    def ring(self) -> None:
        with suppress(BlockingIOError):  # rung so often that nobody can be listening
            os.write(self.hand, b"!")

    def wait(self, seconds: float) -> None:
        """Until it is rung, or that long."""
        waiting = select.poll()
        waiting.register(self.ear, select.POLLIN)
        if waiting.poll(seconds * 1000):
            with suppress(BlockingIOError):
                os.read(self.ear, 65536)

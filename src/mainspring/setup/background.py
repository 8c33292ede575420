"""What runs beside the pages: the task worker and the mailbox reader, each in a thread of its own."""

import threading

from mainspring.events.worker import Worker
from mainspring.inbox.reader import read_mailboxes


class Background:
    """Start and stop the worker and the reader together."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=Worker(self.stopping).run, name="worker", daemon=True),
            threading.Thread(target=read_mailboxes, args=(self.stopping,), name="mail reader", daemon=True),
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Ask all to end and wait a little; what was claimed and not done runs again after its lease."""
        self.stopping.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(timeout=5)

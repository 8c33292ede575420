"""What runs beside the pages, each in its own thread: workers, mailbox reader, sealer of events, watch."""

import signal
import threading

from mainspring.events.chain import keep_sealing
from mainspring.events.worker import LONG_ONES, QUICK, Worker
from mainspring.health.watching import Watch
from mainspring.inbox.reader import read_mailboxes


class Background:
    """Start and stop them together. Where others run the tasks, only the watch."""

    def __init__(self, *, runs_tasks: bool = True) -> None:
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=Watch(self.stopping).run, name="watch", daemon=True)]
        if runs_tasks:
            self.threads += [
                threading.Thread(target=Worker(self.stopping, QUICK).run, name="worker", daemon=True),
                threading.Thread(target=Worker(self.stopping, LONG_ONES).run, name="worker of long tasks", daemon=True),
                threading.Thread(target=read_mailboxes, args=(self.stopping,), name="mail reader", daemon=True),
                threading.Thread(target=keep_sealing, args=(self.stopping,), name="sealer", daemon=True),
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

    def run(self) -> None:
        """Start, and stay until a signal tells to stop."""
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: self.stopping.set())
        self.start()
        self.stopping.wait()
        self.stop()

"""`mainspring worker`: background tasks and mail without pages, for more than one machine."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from mainspring.setup.background import Background


class Command(BaseCommand):
    help = "Run background tasks and read the mailboxes, without serving pages."

    def handle(self, *args: Any, **options: Any) -> None:
        background = Background()
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: background.stopping.set())
        background.start()
        self.stdout.write("The worker runs. Ctrl-C stops it.")
        background.stopping.wait()
        background.stop()

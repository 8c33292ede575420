"""`mainspring worker`: background tasks and mail without pages, for more than one machine."""

from typing import Any

from django.core.management.base import BaseCommand

from mainspring.setup.background import Background


class Command(BaseCommand):
    help = "Run background tasks and read the mailboxes, without serving pages."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("The worker runs. Ctrl-C stops it.")
        self.stdout.flush()
        Background().run()

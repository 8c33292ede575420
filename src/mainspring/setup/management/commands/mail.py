"""`mainspring mail receive|fetch`: mail from a mail server's pipe, or from the mailboxes once."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mainspring.inbox import commands


class Command(BaseCommand):
    help = "receive: take one raw message from stdin (exit 75: keep it and try again). fetch: read the mailboxes once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["receive", "fetch"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "receive":
            sys.exit(commands.receive(sys.stdin.buffer))
        else:
            sys.exit(commands.fetch())

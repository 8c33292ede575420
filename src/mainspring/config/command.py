"""The `mainspring` command: the house's own commands and all of Django's."""

import os
import sys


def main() -> None:
    """Run a command. Mail commands that need no database start without Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")
    if sys.argv[1:3] == ["mail", "parse"]:
        from mainspring.inbox.commands import parse

        sys.exit(parse(sys.stdin.buffer, sys.stdout.buffer))
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mainspring", *(sys.argv[1:] or ["help"])])

"""The `mainspring` command."""

import os
import sys


def main() -> None:
    """Run a command of the house or of Django (`migrate`, `shell`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mainspring", *sys.argv[1:]])

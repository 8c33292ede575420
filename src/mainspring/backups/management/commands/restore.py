"""`mainspring restore ARCHIVE`: back from an archive. What is not right with it is said before anything is touched."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mainspring.backups.restoring import forget_unfinished, restore
from mainspring.backups.sealed import Unfit
from mainspring.backups.tasks import in_words
from mainspring.core.keyring import NoKey
from mainspring.core.schema import bring_up_to_date


class Command(BaseCommand):
    help = "Restore an archive into an empty place; with --replace, in the place of what is here, which is saved first."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--replace", action="store_true", help="take the place of the shop that is here")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            restored = restore(given["archive"], replace=given["replace"])
        except (Unfit, NoKey, OSError) as error:
            raise CommandError(in_words(error)) from error
        bring_up_to_date()
        forget_unfinished()
        told = restored.unpacked
        files, rows = told.manifest.files[0], told.manifest.rows
        self.stdout.write(f"{told.about.shop_name} of {told.about.moment:%Y-%m-%d %H:%M} UTC is restored.")
        self.stdout.write(f"{rows:,} rows and {files:,} files are the same as in the archive.")
        for line in restored.says:
            self.stdout.write(line)
        self.stdout.write("Next: mainspring check, then mainspring serve")

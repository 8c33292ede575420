"""`mainspring backup`: make one now, into its place or a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mainspring.backups.keeping import back_up
from mainspring.backups.making import make_archive
from mainspring.backups.models import Backup, Plan, name_of
from mainspring.backups.places import Unreachable
from mainspring.backups.sealed import Unfit
from mainspring.backups.tasks import in_words
from mainspring.core.keyring import NoKey
from mainspring.core.sealing import Broken


class Command(BaseCommand):
    help = "Make a backup now: database, files and what is needed to start, sealed under the master key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="a folder or a file; without it, the place of Settings, Backups")

    def handle(self, *args: Any, **given: Any) -> None:
        plan, now = Plan.get(), timezone.now()
        try:
            if given["to"] is not None:
                self._into(given["to"], plan)
            else:
                backup = Backup.objects.create(name=name_of(plan, now), started_at=now)
                try:
                    back_up(backup, plan)
                except Exception as error:
                    backup.failed(in_words(error))
                    raise
                self.stdout.write(f"{backup.name} is kept in {backup.address}.")
        except (Unfit, Unreachable, NoKey, Broken, OSError) as error:
            raise CommandError(in_words(error)) from error

    def _into(self, to: Path, plan: Plan) -> None:
        path = to / name_of(plan, timezone.now()) if to.is_dir() else to
        if path.exists():
            raise CommandError(f"{path} is there already; choose another name.")
        try:
            made = make_archive(path, shop_id=str(plan.shop_id))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        files = made.manifest.files[0]
        self.stdout.write(f"{path}: {made.manifest.rows:,} rows and {files:,} files in {made.size:,} bytes.")

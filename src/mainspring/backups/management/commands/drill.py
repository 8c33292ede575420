"""`mainspring drill`: work with a restored copy. The nightly drill starts it; on a shop's own data it does nothing."""

import json
import os
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import translation

from mainspring.backups.drilling import COPY
from mainspring.core.drills import run_drills
from mainspring.core.shop import Shop


class Command(BaseCommand):
    help = "Sign in, print and open things in a restored copy. Started by the nightly drill, on the copy alone."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get(COPY) != str(connection.settings_dict["NAME"]):
            raise CommandError("This works on a restored copy alone, and is started by the nightly drill.")
        with translation.override(Shop.get().language):
            self.stdout.write(json.dumps([asdict(proof) for proof in run_drills()]))

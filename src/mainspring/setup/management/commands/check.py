"""`mainspring check`: what is wrong with this installation, in plain words, with the mend."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.check import Command as DjangoCheck

from mainspring.core.health import Level, findings
from mainspring.setup.health import database

SIGNS = {Level.FINE: "fine", Level.WARNING: "WARNING", Level.BROKEN: "BROKEN"}


class Command(DjangoCheck):
    help = "Say what is wrong with this installation, with the mend. Exit code 1 when something is broken."

    def handle(self, *app_labels: Any, **options: Any) -> None:
        super().handle(*app_labels, **options)
        if app_labels or options["tags"] or options["list_tags"]:
            return
        ground = list(database())
        found = ground if any(one.level for one in ground) else findings()  # nothing can be looked at without tables
        for one in found:
            self.stdout.write(f"{SIGNS[one.level]:8} {one.topic}: {one.says}")
            if one.mend:
                self.stdout.write(f"         → {one.mend}")
        broken = sum(one.level == Level.BROKEN for one in found)
        if broken:
            raise CommandError(f"{broken} broken.")

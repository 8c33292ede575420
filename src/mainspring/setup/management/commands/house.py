"""`mainspring house`: the wiring, as it is."""

from typing import Any

from django.core.management.base import BaseCommand

from mainspring.accounts.roles import PERMISSIONS
from mainspring.events.kinds import KINDS
from mainspring.events.reactions import wiring


class Command(BaseCommand):
    help = "Print every kind of event with who reacts to it, and every permission with the roles that hold it."

    def handle(self, *args: Any, **options: Any) -> None:
        reactions = wiring()
        self.stdout.write("Events")
        for name in sorted(KINDS):
            self.stdout.write(f"  {name}")
            for reaction in reactions.get(name, []):
                self.stdout.write(f"      {reaction}")
        self.stdout.write("Permissions")
        for name, permission in sorted(PERMISSIONS.items()):
            self.stdout.write(f"  {name}: {', '.join(sorted({'owner', *permission.roles}))}")

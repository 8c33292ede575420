"""`mainspring demo`: fill an empty database with the demo world."""

from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mainspring.core.keyring import make_first
from mainspring.core.schema import bring_up_to_date
from mainspring.events.chain import seal
from mainspring.setup.demo import Demo, logins
from mainspring.setup.shop import founded


class Command(BaseCommand):
    help = "Fill an empty database with the demo shop, its people, customers, stock and tickets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a shop already")

    def handle(self, *args: Any, **given: Any) -> None:
        bring_up_to_date()
        if founded():
            if not given["if_empty"]:
                raise CommandError("There is a shop in this database already; the demo goes into an empty one.")
        else:
            make_first()
            demo = Demo.build()
            for name in settings.MODULES:
                if find_spec(f"mainspring.{name}.demo") and name != "setup":
                    import_module(f"mainspring.{name}.demo").build(by=demo.ada)
            seal()
            settings.DATA.joinpath("demo-people.txt").write_text(logins())
            self.stdout.write("The demo shop is ready.")

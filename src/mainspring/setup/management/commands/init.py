"""`mainspring init`: an empty shop with its first owner."""

import getpass
import sys
from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mainspring.core.keyring import make_first
from mainspring.core.schema import bring_up_to_date
from mainspring.events.chain import seal
from mainspring.setup.shop import founded, open_shop


class Command(BaseCommand):
    help = "Set up an empty shop: company, first owner, currency, time zone. Asks for what is not given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", help="name of the company")
        parser.add_argument("--email", help="mail address the owner signs in with")
        parser.add_argument("--name", help="the owner's name")
        parser.add_argument("--password", help="the owner's password; asked for when it is left out")
        parser.add_argument("--currency", default="USD", help="three letters, like USD or ILS")
        parser.add_argument("--time-zone", default="UTC", help="like Asia/Jerusalem")
        parser.add_argument("--country", default="US", help="two letters, like US or IL")
        parser.add_argument("--language", default="en", help="en or he")
        parser.add_argument("--tax", type=Decimal, default=Decimal(0), help="the usual tax, in per cent")
        parser.add_argument("--prices-include-tax", action="store_true")

    def handle(self, *args: Any, **given: Any) -> None:
        bring_up_to_date()
        if founded():
            raise CommandError("This shop is already set up. `mainspring serve` starts it.")
        for key, question in (("company", "Company"), ("name", "Your name"), ("email", "Your mail address")):
            given[key] = given[key] or self.ask(key, question)
        password = given["password"] or self.ask_password()
        make_first()
        try:
            with transaction.atomic():
                owner = open_shop(
                    company=given["company"],
                    owner_name=given["name"],
                    owner_email=given["email"],
                    password=password,
                    currency=given["currency"],
                    time_zone=given["time_zone"],
                    country=given["country"],
                    language=given["language"],
                    tax=given["tax"],
                    prices_include_tax=given["prices_include_tax"],
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        seal()
        self.stdout.write(f"{given['company']} is set up; {owner.email} is its owner. Next: mainspring serve")

    def ask(self, key: str, question: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"--{key} is missing, and there is nobody to ask.")
        return input(f"{question}: ").strip()

    def ask_password(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("--password is missing, and there is nobody to ask.")
        return getpass.getpass("A password of ten characters or more: ")

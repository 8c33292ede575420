"""The one world of the tests: a shop, its people, two customers, a stranger."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module

from django.conf import settings
from django.test import Client

from mainspring.accounts.models import Person, Role
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.crm.models import Business, Contact, Device, DeviceKind
from mainspring.tickets.models import Status

STATUSES = import_module("mainspring.tickets.migrations.0002_statuses").STATUSES

PASSWORD = "correct horse battery"
AsPerson = Callable[[Person], Client]
"""The fixture `as_person`: a client who is signed in."""


@dataclass(frozen=True)
class World:
    """Who there is. Ada owns the shop, Max manages, Tess repairs, Fay stands at the front desk, Bill bills."""

    shop: Shop
    vat: TaxRate
    exempt: TaxRate
    ada: Person
    max: Person
    tess: Person
    fay: Person
    bill: Person
    acme: Business
    carol: Contact
    carl: Contact
    rival: Business
    sam: Contact
    printer: Device


def build_world() -> World:
    """The shop charges 17 % on what is taxable; Carol and Carl are at Acme, Sam is a stranger at Rival."""
    if not Status.objects.exists():  # a transactional test before emptied the tables
        Status.objects.bulk_create(
            Status(kind=kind, name={"en": english, "he": hebrew}, colour=colour, order=order)
            for order, (kind, english, hebrew, colour) in enumerate(STATUSES)
        )
    shop = Shop.objects.create(
        pk=1,
        name="Main Street Repairs",
        email="desk@mainstreet.example",
        phone="+972 3-555-0100",
        country="IL",
        currency="USD",
        time_zone="Asia/Jerusalem",
        street="1 Main Street",
        city="Tel Aviv",
    )
    people = {
        name: Person.objects.invite(
            email=f"{name}@mainstreet.example", name=full, role=role, by=None, password=PASSWORD
        )
        for name, full, role in (
            ("ada", "Ada Levi", Role.OWNER),
            ("max", "Max Stern", Role.MANAGER),
            ("tess", "Tess Amir", Role.TECHNICIAN),
            ("fay", "Fay Cohen", Role.FRONT_DESK),
            ("bill", "Bill Katz", Role.BILLING),
        )
    }
    acme = Business.add(by=None, name="Acme Printing", email="office@acme.example", phone="03-555-0142")
    rival = Business.add(by=None, name="Rival Ltd", email="office@rival.example")
    carol = Contact.add(by=None, name="Carol Mizrahi", business=acme, email="carol@acme.example", phone="03-555-0142")
    carl = Contact.add(by=None, name="Carl Peretz", business=acme, email="carl@acme.example", phone="052-555-0199")
    sam = Contact.add(by=None, name="Sam Stranger", business=rival, email="sam@rival.example", phone="054-555-0177")
    kind, _ = DeviceKind.objects.get_or_create(name="Printer", defaults={"icon": "printer"})
    return World(
        shop=shop,
        vat=TaxRate.objects.create(name=Translated(en="VAT 17 %"), percent=Decimal(17), is_default=True),
        exempt=TaxRate.objects.create(name=Translated(en="No tax"), percent=Decimal(0)),
        acme=acme,
        carol=carol,
        carl=carl,
        rival=rival,
        sam=sam,
        printer=Device.add(by=None, kind=kind, owner=carol, business=acme, maker="HP", model="M404n", serial="SN-778"),
        **people,
    )


def session_of(person: Person) -> str:
    """The key of a new session in which this person is signed in, for a browser's cookie."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value

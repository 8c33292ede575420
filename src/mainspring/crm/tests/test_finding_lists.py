"""The lists of customers and devices go by the search: beginnings of words, digits of phones, serial numbers."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainspring.accounts.models import Person
from mainspring.crm.models import Business, Contact, Device
from world import World

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize(
    "words",
    ["carol", "miz", "mizrahi car", "acme car", "0355", "03-555-0142", "+972 3 555 0142", "carol@acme", "CÁROL"],
)
def test_a_contact_is_found_by_what_people_type(world: World, words: str) -> None:
    assert world.carol in Contact.objects.matching(words)
    assert world.sam not in Contact.objects.matching(words)


@pytest.mark.parametrize("words", ["acme", "print", "acme pri", "office@acme", "5550142"])
def test_a_business_is_found_by_what_people_type(world: World, words: str) -> None:
    assert list(Business.objects.matching(words)) == [world.acme]


@pytest.mark.parametrize("words", ["hp", "m404", "hp m40", "SN-778", "sn778", "printer"])
def test_a_device_is_found_by_what_people_type(world: World, words: str) -> None:
    assert list(Device.objects.matching(words)) == [world.printer]


def test_nothing_typed_is_everything_and_nonsense_nothing(world: World) -> None:
    assert Contact.objects.matching("").count() == Contact.objects.count()
    for model in (Contact, Business, Device):
        assert not model.objects.matching("zzzz").exists()
        assert not model.objects.matching("!?").exists()


@pytest.mark.parametrize("sort", ["name", "-name", "serial", "-serial", "added", "-added"])
def test_the_pages_of_devices_show_each_once(world: World, as_person: SignIn, sort: str) -> None:
    for n in range(60):
        Device.add(
            by=None,
            kind=world.printer.kind,
            owner=world.carol,
            maker="Acer, Inc",
            model=f"X {n % 7}",
            serial=f"Z{n % 9}",
        )
    client, address = as_person(world.tess), f"/psa/customers/devices/?sort={sort}"
    seen: list[str] = []
    while address:
        page = unescape(client.get(address).content.decode())
        seen += re.findall(r'class="wide"><a href="/psa/customers/devices/(\d+)/"', page)
        further = re.search(r'<a href="([^"]*)" class="btn flips" rel="next"', page)
        address = f"/psa/customers/devices/{further[1]}" if further else ""
    assert len(seen) == len(set(seen)) == 61


@pytest.mark.parametrize("path", ["", "businesses/", "devices/", "options", "businesses/options"])
def test_a_list_takes_as_many_statements_for_sixty_as_for_one(world: World, as_person: SignIn, path: str) -> None:
    client: Any = as_person(world.ada)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/psa/customers/{path}?q=wid").status_code == 200
        return len(caught)

    def add(n: int) -> None:
        business = Business.add(by=None, name=f"Widget {n}")
        contact = Contact.add(by=None, name=f"Widget {n}", business=business)
        Device.add(by=None, kind=world.printer.kind, owner=contact, business=business, maker="Widget", model=str(n))

    add(0)
    statements()
    one = statements()
    for n in range(1, 60):
        add(n)
    assert statements() == one <= 8

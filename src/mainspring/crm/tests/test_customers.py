"""The customers' pages: found, added, changed with before and after, with their tickets and what they owe."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainspring.crm.models import Business, Contact, Device
from mainspring.events.models import Event
from scene import build_scene
from world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["carol", "MIZRAHI", "carol@acme", "Acme", "03-555 0142", "+972 3 555 0142", "0142"])
def test_a_contact_is_found_however_he_is_asked_for(world: World, as_person: Any, words: str) -> None:
    shown = as_person(world.tess).get("/psa/customers/", {"q": words}).content.decode()
    assert "Carol Mizrahi" in shown and "Sam Stranger" not in shown


def test_a_long_list_is_walked_to_its_end(world: World, as_person: Any) -> None:
    for place in range(120):
        Contact.add(by=None, name=f"Customer {place % 7}")
    client, seen, address = as_person(world.tess), [], "/psa/customers/?q=Customer"
    while address:
        shown = client.get(address).content.decode()
        seen += re.findall(r'href="/psa/customers/(\d+)/"', shown)
        older = re.search(r'href="(\?[^"]+)" class="btn flips" rel="next"', shown)
        address = "/psa/customers/" + unescape(older[1]) if older else ""
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("sort", ["name", "-name", "added", "-added"])
def test_a_list_in_any_order_is_walked_to_its_end(world: World, as_person: Any, sort: str) -> None:
    Contact.objects.bulk_create(Contact(name=f"Customer {place % 7}") for place in range(110))
    client, seen, address = as_person(world.tess), [], f"/psa/customers/?sort={sort}"
    while address:
        shown = client.get(address).content.decode()
        seen += re.findall(r'<td class="wide"><a href="/psa/customers/(\d+)/"', shown)
        older = re.search(r'href="(\?[^"]+)" class="btn flips" rel="next"', shown)
        address = "/psa/customers/" + unescape(older[1]) if older else ""
    assert len(seen) == len(set(seen)) == Contact.objects.count()
    named = Contact.objects.in_bulk([int(pk) for pk in seen])
    keys = [named[int(pk)].name if "name" in sort else str(named[int(pk)].added_at) for pk in seen]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    "after", ["x,1", "2026-99-99T00:00,5", "2026-11-24T10:00:00,5", ",", "\x00,1", "a,99999999999999999999"]
)
def test_a_place_that_is_none_begins_the_list(world: World, as_person: Any, after: str) -> None:
    answer = as_person(world.tess).get("/psa/customers/", {"sort": "added", "after": after})
    assert answer.status_code == 200 and "Carol Mizrahi" in answer.content.decode()


def test_the_list_asks_the_same_number_of_queries_for_one_and_for_fifty(world: World, as_person: Any) -> None:
    client = as_person(world.tess)
    with CaptureQueriesContext(connection) as few:
        client.get("/psa/customers/?q=Carol")
    for place in range(60):
        Contact.objects.create(name=f"Carol {place}", business=world.acme)
    with CaptureQueriesContext(connection) as many:
        client.get("/psa/customers/?q=Carol")
    assert len(few) == len(many) <= 5


def test_a_contact_is_added_at_a_business(world: World, as_person: Any) -> None:
    told = {"name": "Dana Levi", "business": world.acme.pk, "phone": "052-555-0111", "language": "he"}
    answer = as_person(world.fay).post("/psa/customers/new", told)
    dana = Contact.objects.get(name="Dana Levi")
    assert answer.headers["Location"] == f"/psa/customers/{dana.pk}/"
    assert (dana.business, dana.speaks) == (world.acme, "he")


def test_a_change_keeps_before_and_after(world: World, as_person: Any) -> None:
    told = {"name": "Carol Cohen", "business": world.acme.pk, "email": world.carol.email, "phone": world.carol.phone}
    as_person(world.fay).post(f"/psa/customers/{world.carol.pk}/edit", told)
    event = Event.objects.get(kind="contact.changed")
    assert event.data["changes"]["name"] == ["Carol Mizrahi", "Carol Cohen"] and event.actor == world.fay.actor_key
    shown = as_person(world.fay).get(f"/psa/customers/{world.carol.pk}/").content.decode()
    assert "Carol Mizrahi → Carol Cohen" in shown


def test_a_corrected_address_gets_mail_again(world: World, as_person: Any) -> None:
    world.carol.amend(by=None, mail_paused=True)
    told = {"name": world.carol.name, "email": "carol.new@acme.example"}
    as_person(world.fay).post(f"/psa/customers/{world.carol.pk}/edit", told)
    assert not Contact.objects.get(pk=world.carol.pk).mail_paused


def test_mail_is_resumed_by_hand(world: World, as_person: Any) -> None:
    world.carol.amend(by=None, mail_paused=True)
    client = as_person(world.fay)
    assert "came back" in client.get(f"/psa/customers/{world.carol.pk}/").content.decode()
    client.post(f"/psa/customers/{world.carol.pk}/mail/resume")
    assert not Contact.objects.get(pk=world.carol.pk).mail_paused


def test_a_device_belongs_to_its_owner_and_his_business(world: World, as_person: Any) -> None:
    told = {"kind": world.printer.kind_id, "maker": "Brother", "model": "HL-L2350", "serial": "B-1"}
    as_person(world.tess).post(f"/psa/customers/{world.carol.pk}/devices/new", told)
    device = Device.objects.get(serial="B-1")
    assert (device.owner, device.business) == (world.carol, world.acme)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/psa/customers/new", {"name": ""}),
        ("/psa/customers/new", {"name": "X", "email": "no address"}),
        ("/psa/customers/new", {"name": "X", "business": "999999"}),
        ("/psa/customers/new", {"name": "X", "business": "\x00"}),
        ("/psa/customers/businesses/new", {"name": "X", "country": "ZZZ"}),
        ("/psa/customers/businesses/new", {"name": "x" * 200}),
        ("/psa/customers/businesses/new", {"name": "Embassy", "tax_exempt": "on"}),
        ("/psa/customers/new", {"name": "Consul", "tax_exempt": "on", "exempt_reason": " "}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    world: World, as_person: Any, path: str, told: dict[str, str]
) -> None:
    before = (Contact.objects.count(), Business.objects.count())
    assert as_person(world.fay).post(path, told).status_code == 422
    assert (Contact.objects.count(), Business.objects.count()) == before


def test_the_pages_show_tickets_and_what_is_owed(world: World, as_person: Any) -> None:
    scene = build_scene(world)
    client = as_person(world.bill)
    for page in (f"/psa/customers/{world.carol.pk}/", f"/psa/customers/businesses/{world.acme.pk}/"):
        shown = client.get(page).content.decode()
        assert f"#{scene.own.ticket.number}" in shown and scene.own.invoice.code in shown
        assert f"#{scene.foreign.ticket.number}" not in shown


def test_a_device_without_a_name_is_called_by_its_kind_once(world: World, as_person: Any) -> None:
    device = Device.add(by=None, kind=world.printer.kind, owner=world.sam)
    page = as_person(world.tess).get(f"/psa/customers/{world.sam.pk}/").text
    assert f'/devices/{device.pk}/"><span dir="auto">Printer</span></a> <span class="hint"></span>' in page

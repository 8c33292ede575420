"""How many SQL statements a page takes: the same for one row and for many."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainspring.accounts.models import Person
from mainspring.accounts.roles import Role
from mainspring.core.models import TaxRate
from mainspring.files.models import StoredFile
from mainspring.inventory.models import Product
from mainspring.reports.dashboard import UNDER_WAY
from mainspring.tickets.listing import SORTS
from mainspring.tickets.models import SavedView, Ticket
from mainspring.vault.additions import keep_passcode
from mainspring.work.models import Service, ServiceCategory, add_service, use_part
from world import AsPerson, World

pytestmark = pytest.mark.matrix

MOST = {"list": 8, "ticket": 12, "dashboard": 12}
FIRST_STEPS = 7
"""Each asks once whether it is done, and only in a new shop."""


REMEMBERED = 3
"""Pages show the shop, statuses and colleagues read up to ten seconds before."""
SIGHT = 'UPDATE "accounts_sitting"'
"""Noted after the page is drawn, once in five minutes: no part of the page, and counted by itself."""


def statements(client: Client, path: str, *, remembering: bool = False) -> int:
    """Statements of a page, counted with nothing remembered unless it is said; savepoints don't count."""
    if not remembering:
        cache.clear()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    told = [one["sql"] for one in caught.captured_queries]
    assert len([one for one in told if SIGHT in one]) <= (0 if remembering else 1)
    return len([one for one in told if SIGHT not in one and "SAVEPOINT" not in one])


def open_ticket(world: World, n: int = 0) -> Ticket:
    return Ticket.objects.open(
        f"Printer {n} is blank", by=world.fay, contact=world.carol, device=world.printer, assignee=world.tess
    )


def fill(ticket: Ticket, world: World, vat: TaxRate) -> None:
    """Many notes, attachments, charges, contacts and earlier tickets; a fee that was invoiced at once."""
    bench = ServiceCategory.objects.create(name="Bench")
    fee = Service.objects.create(category=bench, name="Diagnostic", price=Decimal(10), tax=vat, is_diagnostic=True)
    work = Service.objects.create(category=bench, name="Repair", price=Decimal(30), tax=vat)
    part = Product.objects.add(by=world.max, name="Fuser", sku="F-1", price=Decimal(50), tax=vat)
    part.receive(Decimal(50), by=world.max)
    add_service(ticket, fee, by=world.tess)
    for n in range(12):
        file = StoredFile.keep(f"text {n}".encode(), name=f"{n}.txt", declared_type="text/plain", by="")
        ticket.write(f"Note {n}", by=world.tess, files=[file])
        ticket.write_internally(f"Internal {n}", by=world.tess)
        add_service(ticket, work, by=world.tess)
        use_part(ticket, part, 1, by=world.tess)
        open_ticket(world, n)
    ticket.join(world.carl, by=world.tess)
    ticket.join(world.sam, by=world.tess)
    keep_passcode(ticket, "4711", by=world.tess)


@pytest.mark.parametrize("line", ["", "is:open", "printer", "from:acme printer status:new"])
def test_the_list_takes_as_many_for_one_ticket_as_for_sixty(world: World, as_person: AsPerson, line: str) -> None:
    client = as_person(world.ada)
    path = f"/psa/tickets/?q={line}"
    for name in ("One", "Two"):
        SavedView.keep(name, by=world.ada, line=line, sort="-updated")
    open_ticket(world)
    statements(client, path)
    one = statements(client, path)
    for n in range(60):
        open_ticket(world, n)
        SavedView.keep(f"View {n}", by=world.ada, line=line, sort="-updated")
    assert statements(client, path) == one <= MOST["list"] + REMEMBERED
    assert statements(client, path, remembering=True) <= MOST["list"]


@pytest.mark.parametrize("line", ["is:open", "printer"])
@pytest.mark.parametrize("sort", SORTS)
def test_no_order_of_the_list_takes_more(world: World, as_person: AsPerson, sort: str, line: str) -> None:
    client = as_person(world.ada)
    for n in range(5):
        open_ticket(world, n)
    path = f"/psa/tickets/?q={line}&sort={sort}"
    statements(client, path)
    assert statements(client, path, remembering=True) <= MOST["list"]
    Ticket.objects.update(contact=None, device=None, assignee=None, due_at=None)
    assert statements(client, path, remembering=True) <= MOST["list"], "those that lack it are asked for besides"


def test_words_are_weighed_once_however_many_people_there_are(world: World, as_person: AsPerson) -> None:
    client, path = as_person(world.ada), "/psa/tickets/?q=printer&sort=assignee"
    open_ticket(world)
    statements(client, path)
    few = statements(client, path)
    for n in range(9):
        Person.objects.invite(by=world.ada, email=f"t{n}@desk.example", name=f"Tess {n}", role=Role.TECHNICIAN)
    assert statements(client, path) == few


def test_all_views_are_counted_in_one_statement(world: World, as_person: AsPerson) -> None:
    client = as_person(world.ada)
    open_ticket(world)
    SavedView.keep("One", by=world.ada, line="is:open", sort="-updated")
    statements(client, "/psa/tickets/counts?q=is:open")
    one = statements(client, "/psa/tickets/counts?q=is:open")
    for n in range(20):
        SavedView.keep(f"View {n}", by=world.ada, line="priority:high", sort="-updated")
    assert statements(client, "/psa/tickets/counts?q=is:open") == one


def test_a_ticket_with_much_in_it_takes_no_more_than_twelve(world: World, as_person: AsPerson) -> None:
    client = as_person(world.ada)
    ticket = open_ticket(world)
    path = f"/psa/tickets/{ticket.number}/"
    statements(client, path)
    few = statements(client, path)
    fill(ticket, world, world.vat)
    many = statements(client, path)
    assert statements(client, path, remembering=True) <= MOST["ticket"]
    assert many <= MOST["ticket"] + REMEMBERED
    ticket.close(by=world.tess)
    assert statements(client, path, remembering=True) <= MOST["ticket"], "a rating is looked for once it is done"
    assert many - few <= 3, "labour, parts and what stands on invoices are asked for once there are some"


def test_the_dashboard_takes_as_many_for_five_tickets_as_for_sixty(world: World, as_person: AsPerson) -> None:
    client = as_person(world.ada)
    statements(client, "/psa/")
    new = statements(client, "/psa/")
    for n in range(UNDER_WAY):
        open_ticket(world, n)
    five = statements(client, "/psa/")
    for n in range(55):
        open_ticket(world, n)
    assert statements(client, "/psa/") == five <= MOST["dashboard"] + REMEMBERED
    assert new <= five + FIRST_STEPS

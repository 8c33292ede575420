"""A ticket and what is done on it, and a customer at his invoices, for tests of the money."""

from decimal import Decimal

from django.test import Client

from mainspring.accounts.models import Person
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.models import Invoice
from mainspring.core.text import Translated
from mainspring.crm.models import Account, Contact
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service, use_part
from world import PASSWORD, World

D = Decimal


def open_ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, device=world.printer)


def service(world: World, name: str, price: str, *, diagnostic: bool = False, policy: str = "deduct") -> Service:
    return Service.objects.create(
        name=Translated(en=name),
        billing="flat",
        price=D(price),
        tax=world.exempt,
        is_diagnostic=diagnostic,
        policy=policy,
    )


def part(world: World, price: str, *, on_hand: int = 3) -> Product:
    product = Product.objects.add(
        by=world.max, sku="FUSER", name="Fuser kit", price=D(price), cost=D(30), tax=world.exempt
    )
    product.receive(on_hand, by=world.max, reason="delivery")
    return product


def diagnosed(world: World, ticket: Ticket, policy: str = "deduct") -> Invoice:
    add_service(ticket, service(world, "Diagnostic", "10", diagnostic=True, policy=policy), by=world.fay)
    return Invoice.objects.select_related("standing").get(ticket=ticket)


def repaired(world: World, ticket: Ticket) -> None:
    add_service(ticket, service(world, "Repair", "30"), by=world.tess)
    use_part(ticket, part(world, "50"), D(1), by=world.tess)


def repair(world: World, price: str = "30") -> Service:
    made: Service = Service.add(by=world.max, name="Repair", price=D(price), billing="flat", tax=world.exempt)
    return made


def bill(world: World, service: Service, contact: Contact) -> Invoice:
    """The final invoice of a ticket on which this was done."""
    ticket = Ticket.objects.open("It is broken", by=world.fay, contact=contact)
    add_service(ticket, service, by=world.tess)
    issued = FinalInvoice(ticket).issue(by=world.bill)
    assert issued is not None
    return issued


def sign_in(contact: Contact) -> Client:
    """The browser of a customer who is in the portal."""
    person: Person = Account.open(contact, email=contact.email, name=contact.name, password=PASSWORD)
    client = Client()
    client.force_login(person)
    return client

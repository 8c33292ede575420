"""A catalogue, a shelf and a ticket in the one world, for the tests of work."""

from decimal import Decimal
from typing import Any

from mainspring.core.text import Translated
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service
from world import World


def repair(world: World, **more: Any) -> Service:
    """Repair by the hour: 80, rounded up to 15 minutes, at least 30."""
    told = {"name": Translated(en="Repair", he="תיקון"), "price": Decimal(80), "minimum_minutes": 30, **more}
    return Service.add(by=world.max, tax=world.vat, **told)


def diagnostic(world: World, **more: Any) -> Service:
    """The diagnostic: 10 flat."""
    told = {"name": "Diagnostic", "price": Decimal(10), "billing": "flat", "is_diagnostic": True, **more}
    return Service.add(by=world.max, tax=world.vat, **told)


def fuser(world: World, on_hand: int = 10, **more: Any) -> Product:
    told = {"name": "Fuser kit", "sku": "RM1-8809", "barcode": "4006381333931", "price": Decimal(50), **more}
    product = Product.objects.add(by=world.max, tax=world.vat, cost=Decimal(31), shelf="B3", **told)
    if on_hand:
        product.receive(on_hand, by=world.max, reason="first delivery")
    return product


def open_ticket(world: World, **more: Any) -> Ticket:
    told = {"contact": world.carol, "device": world.printer, **more}
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, **told)

"""The demo shop's last year: jobs that were done and paid, so that lists and the chart of the revenue have a past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Self
from unittest.mock import patch

from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.billing.models import Invoice
from mainspring.billing.settling import settle
from mainspring.crm.models import Contact
from mainspring.inventory.models import Product
from mainspring.tickets.models import Channel, Ticket
from mainspring.work.models import Service, add_service, use_part

WALK_INS = [("Dana Regev", "054-555-0161"), ("Amit Shalev", "052-555-0172"), ("יוסי ביטון", "050-555-0183")]
"""Customers without a mail address: nobody is written to about last year."""

JOBS = [
    ("Laptop does not start", "Data recovery", None),
    ("Disk full, wants a bigger one", "Standard repair", "SSD-1000-N"),
    ("הטלפון נפל והמסך נסדק", "Standard repair", "SCR-IP14"),
    ("Battery lasts twenty minutes", "Standard repair", "BAT-56-L"),
    ("New office, cables to be laid", "Standard repair", "CAB-C6"),
    ("Pictures gone after a reset", "Data recovery", None),
    ("Streaks on every page", "Standard repair", "RM2-2555"),
]
BUSY = [2, 3, 2, 4, 3, 3, 5, 4, 3, 5, 4]
"""How many jobs each month had, from eleven months ago to the last."""
METHODS = ["cash", "card", "transfer", "card"]


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """What is written inside is written at that time: columns that say `default=timezone.now` included."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromisoformat(moment.astimezone(tz).isoformat())

    with patch.object(timezone, "datetime", Then):
        yield


def build(*, by: Person, technician: Person) -> None:
    """The jobs of the eleven months before this one, in their order, through the same verbs as the pages."""
    walk_ins = [Contact.add(by=by, name=name, phone=phone, language="he") for name, phone in WALK_INS]
    month = timezone.localtime().replace(day=1, hour=10, minute=0, second=0, microsecond=0)
    done = 0
    for ago, jobs in zip(range(len(BUSY), 0, -1), BUSY, strict=True):
        first = earlier(month, ago)
        for job in range(jobs):
            with clock_at(first + timedelta(days=2 + job * 25 // jobs, hours=done % 6)):
                repair(done, contact=walk_ins[done % len(walk_ins)], by=by, technician=technician)
            done += 1


def earlier(month: datetime, ago: int) -> datetime:
    """The first of the month so many months before."""
    count = month.year * 12 + month.month - 1 - ago
    return month.replace(year=count // 12, month=count % 12 + 1)


def repair(number: int, *, contact: Contact, by: Person, technician: Person) -> None:
    """A job of one morning, paid when the device was fetched."""
    subject, service, sku = JOBS[number % len(JOBS)]
    ticket = Ticket.objects.open(subject, by=by, contact=contact, channel=Channel.COUNTER, assignee=technician)
    ticket.start_work(by=technician)
    add_service(ticket, Service.objects.get(name__en=service), by=technician)
    if sku is not None:
        part = Product.objects.get(sku=sku)
        part.receive(Decimal(1), by=by, reason="Ordered for the job")
        use_part(ticket, part, Decimal(1), by=technician)
    ticket.resolve(by=technician)
    invoice = Invoice.objects.get(ticket=ticket)
    settle(invoice, invoice.total, method=METHODS[number % len(METHODS)], by=by)

"""Fills an empty database with the made-up shop: `DATABASE_URL=… python bench/seed.py 100000` (SQLite without it).

Rows go in by the thousand, not through the verbs: what is measured afterwards is the reading and writing of pages.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("SECRET_KEY", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

import world
from mainspring.accounts.models import Person, Role
from mainspring.backups.models import Plan
from mainspring.billing.models import Invoice, Payment, Standing
from mainspring.core import search
from mainspring.core.numbers import NumberSeries
from mainspring.crm.models import Business, Contact, Device, DeviceKind
from mainspring.events.chain import seal
from mainspring.events.models import Event
from mainspring.setup.shop import open_shop
from mainspring.tickets.models import Channel, Message, Status, StatusKind, Ticket
from mainspring.tickets.models.findable import entries_of
from mainspring.tickets.models.ticket import FIRST_NUMBER

BATCH = 2_000
OPEN_KINDS = (
    StatusKind.NEW,
    StatusKind.OPEN,
    StatusKind.WAITING_CUSTOMER,
    StatusKind.CUSTOMER_REPLIED,
    StatusKind.IN_PROGRESS,
    StatusKind.WAITING_THIRD_PARTY,
)
BILLED_EVERY = 10


class Seeding:
    """The people first, then their tickets batch by batch, each batch indexed in its own transaction."""

    def __init__(self) -> None:
        self.agents = self._agents()
        self.businesses = [Business.add(by=None, name=f"{world.LAST[n % 24]} & Co {n}") for n in range(50)]
        self.contacts = self._contacts()
        self.devices = self._devices()
        self.statuses = {status.kind: status for status in Status.objects.all()}

    def _agents(self) -> list[Person]:
        owner = open_shop(
            company="Bench Repairs",
            owner_name="Owner",
            owner_email="owner@bench.example",
            password=world.PASSWORD,
            currency="USD",
            time_zone="UTC",
            tax=Decimal(0),
        )
        return [
            owner,
            *(
                Person.objects.invite(
                    email=f"agent{n}@bench.example",
                    name=world.name_of(n * 5),
                    role=Role.MANAGER,
                    by=None,
                    password=world.PASSWORD,
                )
                for n in range(1, world.AGENTS)
            ),
        ]

    def _contacts(self) -> list[Contact]:
        with transaction.atomic():
            return [
                Contact.add(
                    by=None,
                    name=world.name_of(n),
                    email=world.mail_of(n),
                    phone=world.phone_of(n),
                    business=self.businesses[n % 50],
                )
                for n in range(world.CUSTOMERS)
            ]

    def _devices(self) -> list[Device]:
        kind = DeviceKind.objects.first()
        assert kind is not None
        with transaction.atomic():
            return [
                Device.add(by=None, kind=kind, owner=owner, maker="HP", model=f"M{n % 40}", serial=f"SN-{n:05}")
                for n, owner in enumerate(self.contacts)
            ]

    def tickets(self, count: int) -> None:
        matters = enumerate(world.matters(count), FIRST_NUMBER)
        while batch := list(islice(matters, BATCH)):
            with transaction.atomic():
                self._keep(batch)
        NumberSeries.objects.update_or_create(name="ticket", defaults={"next": FIRST_NUMBER + count})

    def _keep(self, batch: list[tuple[int, world.Matter]]) -> None:
        tickets = Ticket.objects.bulk_create([self._ticket(number, matter) for number, matter in batch])
        pairs = list(zip(tickets, (matter for _number, matter in batch), strict=True))
        Message.objects.bulk_create([message for pair in pairs for message in self._messages(*pair)])
        Event.objects.bulk_create(self._opened(ticket, matter) for ticket, matter in pairs)
        self._bill([ticket for ticket in tickets if not ticket.is_open and ticket.number % BILLED_EVERY == 0])
        search.keep(entries_of(tickets))

    def _opened(self, ticket: Ticket, matter: world.Matter) -> Event:
        event = Event(
            kind="ticket.opened",
            subject=f"ticket:{ticket.pk}",
            stream=f"ticket:{ticket.pk}",
            actor_name=world.name_of(matter.customer),
            data={"number": ticket.number, "subject": ticket.subject, "channel": ticket.channel},
        )
        event.sign()
        return event

    def _ticket(self, number: int, matter: world.Matter) -> Ticket:
        kind = OPEN_KINDS[number % len(OPEN_KINDS)] if matter.is_open else StatusKind.CLOSED
        updated = matter.said[-1].at
        contact = self.contacts[matter.customer]
        return Ticket(
            number=number,
            subject=matter.subject,
            description=matter.description,
            status=self.statuses[kind],
            is_open=matter.is_open,
            priority=matter.priority,
            channel=Channel.MAIL,
            contact=contact,
            business=contact.business,
            device=self.devices[matter.customer] if number % 3 else None,
            assignee=self.agents[matter.agent] if matter.is_assigned else None,
            due_at=matter.opened_at + timedelta(days=5) if number % 2 else None,
            opened_at=matter.opened_at,
            updated_at=updated,
            closed_at=None if matter.is_open else updated,
            last_line=" ".join(matter.said[-1].text.split())[:160],
        )

    def _messages(self, ticket: Ticket, matter: world.Matter) -> Iterator[Message]:
        agent, contact = self.agents[matter.agent], self.contacts[matter.customer]
        for said in matter.said:
            yield Message(
                ticket=ticket,
                kind=Message.Kind.GENERAL,
                direction=Message.Direction.IN if said.by_customer else Message.Direction.OUT,
                channel=Channel.MAIL,
                person=None if said.by_customer else agent,
                contact=contact if said.by_customer else None,
                author_name=contact.name if said.by_customer else agent.name,
                text=said.text,
                written_at=said.at,
            )

    def _bill(self, tickets: list[Ticket]) -> None:
        """An invoice of 50 for every tenth closed ticket, nine in ten of them paid."""
        papers = Invoice.objects.bulk_create(
            Invoice(
                kind=Invoice.Kind.INVOICE,
                purpose=Invoice.Purpose.FINAL,
                series="invoice",
                number=ticket.number,
                code=f"I-{ticket.number}",
                ticket=ticket,
                contact=ticket.contact,
                customer_name=ticket.contact.name if ticket.contact else "",
                language="en",
                currency="USD",
                issued_on=ticket.updated_at.date(),
                due_on=ticket.updated_at.date(),
                prices_include_tax=False,
                net=50,
                tax=0,
                total=50,
            )
            for ticket in tickets
        )
        owed = {paper.pk: Decimal(50) if paper.number % 100 == 0 else Decimal(0) for paper in papers}
        Standing.objects.bulk_create(
            Standing(invoice=paper, paid=50 - owed[paper.pk], balance=owed[paper.pk]) for paper in papers
        )
        Payment.objects.bulk_create(
            Payment(invoice=paper, amount=50, method=Payment.Method.CASH, at=ticket.updated_at)
            for paper, ticket in zip(papers, tickets, strict=True)
            if not owed[paper.pk]
        )


def seed(count: int) -> float:
    """The shop with so many tickets, in the database that the settings name. Returns the seconds it took."""
    began = time.perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    Seeding().tickets(count)
    seal(all_of_it=True)
    Plan.objects.update_or_create(pk=1, defaults={"is_on": False})  # no backup begins beside the measuring
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return time.perf_counter() - began


if __name__ == "__main__":
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{tickets:,} tickets in {seed(tickets):.0f} s")

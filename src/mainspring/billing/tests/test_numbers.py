"""Many people issue invoices at the same moment, some think better of it: the numbers run 1, 2, 3 without a gap.

`MAINSPRING_NUMBERS=5000` issues as many, `MAINSPRING_SEED` repeats who thinks better of it.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from random import Random, SystemRandom

import pytest
from django.db import OperationalError, connection, transaction

from mainspring.billing.models import Invoice, Line, Standing, TaxLine
from mainspring.core.text import Translated
from mainspring.events.models import Event
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service
from world import World, build_world

INVOICES = int(os.environ.get("MAINSPRING_NUMBERS", "500"))
SEED = int(os.environ.get("MAINSPRING_SEED") or SystemRandom().randrange(10**9))
KILLS = max(12, INVOICES // 25 if INVOICES > 500 else 0)
PEOPLE = 16
REGRETTED = 0.2

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


class ThoughtBetter(Exception):
    """Raised after the invoice was written, so that all of it is taken back."""


@dataclass
class Counter:
    """What all of them did together: numbers kept and given back, and when each was at work."""

    wanted: int
    kept: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    spells: list[tuple[float, float, int]] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def takes_one_more(self) -> bool:
        with self.lock:
            self.wanted -= 1
            return self.wanted >= 0

    def met(self) -> int:
        """How many began while somebody else, on another connection, was in the middle of his."""
        latest: tuple[float, int] = (0.0, 0)
        meetings = 0
        for began, ended, link in sorted(self.spells):
            meetings += began < latest[0] and link != latest[1]
            latest = max(latest, (ended, link))
        return meetings


def issue(ticket: Ticket, fee: Service, world: World, counter: Counter, *, regret: bool) -> None:
    """The fee goes on the ticket and its invoice with it; or neither, when it is regretted."""
    began, number = time.monotonic(), 0
    try:
        with transaction.atomic():
            add_service(ticket, fee, by=world.fay)
            number = Invoice.objects.filter(ticket=ticket).latest("id").number
            if regret:
                raise ThoughtBetter
        counter.kept.append(number)
    except ThoughtBetter:
        counter.given_back.append(number)
    except OperationalError as error:  # SQLite's queue for its one writer is not fair: somebody waited too long
        if "locked" not in str(error):
            raise
        counter.refused += 1
        issue(ticket, fee, world, counter, regret=regret)
    counter.spells.append((began, time.monotonic(), id(connection.connection)))


def work(place: int, ticket: Ticket, fee: Service, world: World, counter: Counter, start: threading.Barrier) -> None:
    random = Random(f"{SEED} {place}")
    try:
        connection.ensure_connection()
        start.wait(30)
        while counter.takes_one_more():
            while random.random() < REGRETTED:
                issue(ticket, fee, world, counter, regret=True)
            issue(ticket, fee, world, counter, regret=False)
    except BaseException as error:
        counter.broken.append(error)
    finally:
        connection.close()


def test_numbers_run_without_a_gap(transactional_db: None) -> None:
    print(f"MAINSPRING_SEED={SEED}")
    world, counter, start = build_world(), Counter(INVOICES), threading.Barrier(PEOPLE)
    fee = Service.objects.create(
        name=Translated(en="Diagnostic"), billing="flat", price=Decimal(10), tax=world.vat, is_diagnostic=True
    )
    tickets = [Ticket.objects.open(f"Printer {i}", by=world.fay, contact=world.carol) for i in range(PEOPLE)]
    threads = [
        threading.Thread(target=work, args=(place, ticket, fee, world, counter, start))
        for place, ticket in enumerate(tickets)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert not counter.broken, counter.broken
    print(f"{len(counter.kept)} kept, {len(counter.given_back)} given back, {counter.met()} met, {took:.1f} s")
    print(f"{counter.refused} refused by a locked database and tried again")
    assert len(counter.given_back) > INVOICES / 10, "Too few were given back: this run proves nothing."
    assert set(counter.given_back) & set(counter.kept), "No number was given again: this run proves nothing."
    assert counter.met() > INVOICES / 10, "Too few met: this run proves nothing."
    assert sorted(counter.kept) == list(range(1, INVOICES + 1))
    assert_whole_papers(INVOICES)
    assert counter.refused < INVOICES / 100, "Too many waited in vain."
    if INVOICES <= 500:
        assert took < 60


class Clerk:
    """Somebody in a process of his own who issues invoices on one ticket, and is killed in the middle of it."""

    CODE = (
        "import sys, django; django.setup(); from mainspring.billing.tests.chores import issue;"
        "issue(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))"
    )

    def __init__(self, ticket: Ticket, fee: Service) -> None:
        database = str(connection.settings_dict["NAME"])
        command = [sys.executable, "-c", self.CODE, database, str(ticket.pk), str(fee.pk)]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mainspring.config.settings", "LOG_LEVEL": "CRITICAL"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)

    def be_killed(self, random: Random) -> tuple[int, bool]:
        """After he has issued one; how many he had issued, and whether one was cut off."""
        assert self.process.stdout is not None
        said = self.process.stdout.read(2)
        time.sleep(random.uniform(0, 0.2))
        was_alive = self.process.poll() is None
        self.process.kill()
        said += self.process.stdout.read()
        self.process.wait()
        return said.count(b">"), was_alive and said.endswith(b"<")


def test_numbers_run_without_a_gap_while_people_are_killed_at_it(transactional_db: None) -> None:
    """kill -9 between the taking of a number and its commit: the number is free again. P12, RELIABILITY 67."""
    print(f"MAINSPRING_SEED={SEED}")
    random, world = Random(SEED), build_world()
    fee = Service.objects.create(
        name=Translated(en="Diagnostic"), billing="flat", price=Decimal(10), tax=world.vat, is_diagnostic=True
    )
    tickets = [Ticket.objects.open(f"Printer {i}", by=world.fay, contact=world.carol) for i in range(3)]
    issued = cut = kills = 0
    while kills < KILLS or cut < KILLS / 4:
        clerks = [Clerk(ticket, fee) for ticket in tickets]
        for clerk in clerks:
            done, was_cut = clerk.be_killed(random)
            issued, cut, kills = issued + done, cut + was_cut, kills + 1
        assert kills < KILLS * 5, "Too few were cut off: this run proves nothing."
    kept = Invoice.objects.count()
    print(f"{kills} killed, {cut} of them at it; {issued} were said to be issued, {kept} are there")
    assert issued <= kept <= issued + cut
    assert_whole_papers(kept)


def assert_whole_papers(count: int) -> None:
    """Every number has its paper, its lines, its standing and its event; the dates never fall."""
    rows = list(Invoice.objects.order_by("number").values_list("number", "code", "issued_on", "issued_at"))
    assert [row[0] for row in rows] == list(range(1, count + 1))
    assert [row[1] for row in rows] == [f"INV-{number:06}" for number in range(1, count + 1)]
    assert all(earlier[2:] <= later[2:] for earlier, later in pairwise(rows))
    for table in (Line, TaxLine, Standing):
        assert table.objects.count() == count
    assert Event.objects.filter(kind="invoice.issued").count() == count

"""Random histories of a ticket's money: the engine, and the shop itself, come to what the oracle comes to.

`MAINSPRING_HISTORIES=100000` makes it as many (a twentieth of them on the database), `MAINSPRING_SEED` repeats a run.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import SystemRandom
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from histories import Step, history
from mainspring.billing.bill import TicketBill
from mainspring.billing.conservation import differences
from mainspring.billing.issuing import cancel
from mainspring.billing.models import CreditEntry, Discount, Invoice
from mainspring.billing.settling import refund, settle
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.crm.models import Business
from mainspring.events.models import reference
from mainspring.inventory.models import Product
from mainspring.tickets.models import Automation, Ticket
from mainspring.work.models import Labour, Service, UsedPart, add_service, use_part
from money_oracle import Row
from oracle_shop import OracleShop
from test_money_against_oracle import by_engine, decimal, of_engine, of_oracle
from world import World

HISTORIES = int(os.environ.get("MAINSPRING_HISTORIES", "2000"))
SEED = int(os.environ.get("MAINSPRING_SEED") or SystemRandom().randrange(10**9))
BOTH_MODES = pytest.mark.parametrize("inclusive", [False, True], ids=["prices without tax", "prices with tax"])


@BOTH_MODES
def test_the_running_bill_of_every_moment_agrees(inclusive: bool) -> None:
    print(f"MAINSPRING_SEED={SEED}")
    happened: Counter[str] = Counter()
    for number in range(HISTORIES // 2):
        story = history(SEED + number, inclusive=inclusive)
        oracle = OracleShop(inclusive=inclusive)
        for step in story.steps:
            oracle.replay(step)
            happened[step[0]] += 1
            found = of_engine(by_engine(oracle.terms(), inclusive, "USD"), "USD")
            assert found == of_oracle(oracle.running_bill()), f"{story} at {step}"
            assert oracle.is_conserved(), f"{story} at {step}"
    assert min(happened.values()) > HISTORIES / 40 and len(happened) == 13, happened


@BOTH_MODES
@pytest.mark.django_db
def test_the_shop_keeps_its_books_as_the_oracle_does(world: World, inclusive: bool) -> None:
    print(f"MAINSPRING_SEED={SEED}")
    Shop.objects.update(prices_include_tax=inclusive)
    Automation.objects.update_or_create(pk=Automation.get().pk, defaults={"paid_closes": False})
    for number in range(HISTORIES // 40):
        story = history(SEED + number, inclusive=inclusive, with_others=False)
        with transaction.atomic():
            oracle, shop = OracleShop(inclusive=inclusive), RealShop(world)
            for step in story.steps:
                oracle.replay(step)
                shop.replay(step)
                assert shop.books() == books_of(oracle), f"{story} at {step}"
            assert differences() == [], story
            transaction.set_rollback(True)


ONE, NO_TAX, RATE = Fraction(1), Fraction(0), Fraction("14.3")
STORIES: dict[str, list[Step]] = {
    "an unpaid fee moves, its invoice is cancelled, it is billed again": [
        ("diagnostic", "fee", 1000, NO_TAX, "DEDUCT"),
        ("charge", "repair", "LABOUR", ONE, Fraction(3000), NO_TAX),
        ("resolve", "first"),
        ("void", "first"),
        ("reopen",),
        ("resolve", "second"),
        ("void", "second"),
    ],
    "a partly paid fee, twice cancelled": [
        ("diagnostic", "fee", 1000, RATE, "DEDUCT"),
        ("pay", "fee", 400),
        ("charge", "repair", "LABOUR", ONE, Fraction(3000), RATE),
        ("resolve", "first"),
        ("pay", "first", 500),
        ("void", "first"),
        ("reopen",),
        ("charge", "cable", "PART", ONE, Fraction(700), RATE),
        ("resolve", "second"),
        ("void", "second"),
        ("reopen",),
        ("resolve", "third"),
    ],
    "a discount on the whole comes back when its invoice is cancelled": [
        ("charge", "repair", "LABOUR", ONE, Fraction(3000), RATE),
        ("document_discount", Fraction(10), 0),
        ("resolve", "first"),
        ("void", "first"),
    ],
    "seventy cents and ten of tax, which no floating point adds up to eighty": [
        ("charge", "screw", "PART", ONE, Fraction(70), RATE),
        ("resolve", "first"),
    ],
}


@BOTH_MODES
@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
@pytest.mark.django_db
def test_a_story_told_by_hand(world: World, inclusive: bool, steps: list[Step]) -> None:
    Shop.objects.update(prices_include_tax=inclusive)
    oracle, shop = OracleShop(inclusive=inclusive), RealShop(world)
    for step in steps:
        oracle.replay(step)
        shop.replay(step)
        assert shop.books() == books_of(oracle), step


@pytest.mark.django_db
def test_a_freed_fee_is_owed_again(world: World) -> None:
    shop = RealShop(world)
    for step in STORIES["an unpaid fee moves, its invoice is cancelled, it is billed again"][:-1]:
        shop.replay(step)
    assert Invoice.objects.get(pk=shop.papers["second"]).total == 40


def books_of(oracle: OracleShop) -> dict[str, Any]:
    """All figures of the oracle's shop, to be compared."""
    running = oracle.running_bill()
    return {
        "papers": {
            name: (paper["total"], paper["credited"], paper["paid"], oracle.balance(name), lines_of(paper["bill"]))
            for name, paper in oracle.papers.items()
        },
        "credit notes": [amount for _name, amount in oracle.credit_notes],
        "credit": oracle.credit,
        "running": running["total"] if running else 0,
    }


def lines_of(bill: Row) -> list[tuple[object, ...]]:
    return [
        *((x["kind"], x["discount"], x["share"], x["amount"], x["net"], x["tax"]) for x in bill["lines"]),
        *(("DEDUCTION", 0, 0, x["amount"], x["net"], x["tax"]) for x in bill["deductions"]),
    ]


def cents(amount: Decimal) -> int:
    assert amount * 100 % 1 == 0, f"{amount} has parts of a cent"
    return int(amount * 100)


def money(units: int | Fraction) -> Decimal:
    return decimal(Fraction(units) / 100)


@dataclass
class RealShop:
    """The same steps through the product's own verbs, on a ticket of Carol's at Acme."""

    world: World
    ticket_id: int = field(init=False)
    labours: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ticket_id = Ticket.objects.open("Prints blank pages", by=self.world.fay, contact=self.world.carol).pk

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(pk=self.ticket_id)

    def replay(self, step: Step) -> None:
        getattr(self, step[0])(*step[1:])

    def books(self) -> dict[str, Any]:
        ticket = self.ticket
        papers = Invoice.objects.of_ticket(ticket).prefetch_related("lines")
        issued = {paper.pk: paper for paper in papers.invoices()}
        return {
            "papers": {name: self.paper(issued[pk]) for name, pk in self.papers.items()},
            "credit notes": [cents(paper.total) for paper in papers if paper.is_credit_note],
            "credit": cents(CreditEntry.objects.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)),
            "running": cents(TicketBill(ticket).bill.total),
        }

    def paper(self, invoice: Invoice) -> tuple[object, ...]:
        """The fee's own invoice calls its line labour, the oracle calls it a diagnostic."""
        standing, is_fee = invoice.standing, invoice.purpose == Invoice.Purpose.DIAGNOSTIC
        lines = [
            (
                "DIAGNOSTIC" if is_fee else line.kind.upper(),
                *map(cents, (line.discount, line.document_discount, line.amount, line.net)),
                Fraction(line.tax_percent),
            )
            for line in invoice.lines.all()
        ]
        return (*map(cents, (invoice.total, standing.credited, standing.paid, standing.balance)), lines)

    def rate(self, tax: Fraction) -> TaxRate:
        return TaxRate.objects.create(name=Translated(en="A rate"), percent=decimal(tax))

    def service(self, price: Decimal, tax: Fraction, **more: Any) -> Service:
        name = Translated(en="A service")
        return Service.objects.create(name=name, billing="flat", price=price, tax=self.rate(tax), **more)

    def diagnostic(self, key: str, price: int, tax: Fraction, policy: str) -> None:
        fee = self.service(money(price), tax, is_diagnostic=True, policy=policy.lower())
        labour = add_service(self.ticket, fee, by=self.world.fay)
        self.papers[key] = Invoice.objects.get(purpose="diagnostic", lines__key=reference(labour)).pk

    def charge(self, key: str, kind: str, quantity: Fraction, unit: Fraction, tax: Fraction) -> None:
        """A part comes from the shelf, labour from the catalogue."""
        if kind == "PART":
            product = Product.objects.add(
                by=None, sku=key, name=key, price=money(unit), cost=Decimal(1), tax=self.rate(tax)
            )
            product.receive(10, by=None, reason="delivery")
            self.parts[key] = use_part(self.ticket, product, decimal(quantity), by=None).pk
        else:
            service = self.service(money(unit), tax)
            self.labours[key] = add_service(self.ticket, service, quantity=decimal(quantity), by=None).pk

    def line(self, key: str) -> Labour | UsedPart:
        if key in self.parts:
            return UsedPart.objects.get(pk=self.parts[key])
        else:
            return Labour.objects.get(pk=self.labours[key])

    def take_back(self, key: str, quantity: Fraction) -> None:
        part = UsedPart.objects.get(pk=self.parts[key])
        if part.quantity == quantity:
            part.take_back(by=None)
        else:
            part.use_instead(part.quantity - decimal(quantity), by=None)

    def line_discount(self, key: str, percent: Fraction, off: int) -> None:
        self.line(key).change(by=None, discount_percent=decimal(percent), discount_amount=money(off))

    def document_discount(self, percent: Fraction, off: int) -> None:
        Discount.put(self.ticket, percent=decimal(percent), amount=money(off), by=self.world.max)

    def exempt(self, exempt: bool) -> None:
        Business.objects.filter(pk=self.world.acme.pk).update(tax_exempt=exempt)

    def decline(self) -> None:
        self.ticket.decline_repair(by=None)

    def approve(self) -> None:
        self.ticket.resume_repair(by=None)

    def resolve(self, name: str) -> None:
        self.ticket.resolve(by=None)
        known = set(self.papers.values())
        for invoice in Invoice.objects.of_ticket(self.ticket).invoices().exclude(pk__in=known):
            self.papers[name] = invoice.pk

    def reopen(self) -> None:
        self.ticket.reopen(by=None)

    def pay(self, name: str, amount: int) -> None:
        settle(Invoice.objects.get(pk=self.papers[name]), money(amount), method="cash", by=None)

    def refund(self, name: str, amount: int) -> None:
        """The latest payments first, each as far as it goes."""
        rest = money(amount)
        invoice = Invoice.objects.get(pk=self.papers[name])
        for payment in invoice.payments.filter(amount__gt=0).order_by("-id"):
            left = payment.amount + (payment.refunded_by.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
            if back := min(rest, left):
                refund(payment, back, by=None)
                rest -= back

    def void(self, name: str) -> None:
        cancel(Invoice.objects.get(pk=self.papers[name]), by=None)

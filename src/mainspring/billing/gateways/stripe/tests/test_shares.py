"""Payments of several invoices at Stripe's double, against an oracle that knows only cents and a few sentences.

At random: checkouts over random choices, news thrice and in no order, forged ones, cash and credit notes meanwhile,
refunds of a share by the desk, refunds over the whole payment at the provider, refunds that come back.
`MAINSPRING_SHARES` says how many histories.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import pytest
from django.db.models import Sum

from mainspring.billing.conservation import differences
from mainspring.billing.gateways import StripeGateway
from mainspring.billing.gateways.stripe.tests.test_stripe import hook
from mainspring.billing.issuing import credit
from mainspring.billing.models import CreditEntry, GatewayAccount, HeldMoney, Invoice, Payment
from mainspring.billing.paybacks import ask_back, pay_back
from mainspring.billing.paying import start
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import bill, repair
from stripe_double import Json, StripeDouble, sign
from world import World

HISTORIES = int(os.environ.get("MAINSPRING_SHARES", "6"))
STEPS, PRICES = 60, ("30", "12.34", "0.01", "7.77", "100")


@dataclass
class Paper:
    """An invoice in cents: what it asks, what was taken back of it, paid on it, and moved from it into the credit."""

    total: int
    credited: int = 0
    paid: int = 0
    kept: int = 0

    @property
    def balance(self) -> int:
        return self.total - self.credited - self.paid


@dataclass(eq=False)
class Part:
    """What a payment brought one paper, and how much of that is not paid back."""

    paper: int
    left: int


@dataclass
class Oracle:
    """What the books must say. All papers are one customer's."""

    papers: dict[int, Paper]
    credit: int = 0
    held: int = 0
    payments: dict[str, list[Part]] = field(default_factory=dict)
    refunds: dict[str, list[tuple[Part, int]]] = field(default_factory=dict)
    held_refunds: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def receive(self, pk: int, amount: int) -> None:
        """Money for a paper; what is more than it asks is the customer's credit."""
        paper = self.papers[pk]
        over = max(0, amount - paper.balance)
        paper.paid += amount - over
        self.keep(paper, over)

    def keep(self, paper: Paper, amount: int) -> None:
        paper.kept += amount
        self.credit += amount

    def take_back(self, pk: int, amount: int) -> None:
        """A credit note: what was paid of it already is credit."""
        paper = self.papers[pk]
        over = max(0, paper.paid - (paper.total - paper.credited - amount))
        paper.credited += amount
        paper.paid -= over
        self.keep(paper, over)

    def pays(self, reference: str, shares: list[tuple[int, int]]) -> None:
        """A payment is heard of, and after it the refunds of it that came first."""
        self.payments[reference] = [Part(pk, amount) for pk, amount in shares]
        for pk, amount in shares:
            self.receive(pk, amount)
        for name, amount in self.waiting.pop(reference, []):
            self.refunded_outside(reference, name, amount)

    def most(self, part: Part) -> int:
        paper = self.papers[part.paper]
        return max(0, min(part.left, paper.paid + max(0, min(self.credit, paper.kept))))

    def pay_back(self, part: Part, amount: int) -> None:
        paper = self.papers[part.paper]
        self.keep(paper, -max(0, amount - paper.paid))
        paper.paid -= min(amount, paper.paid)
        part.left -= amount

    def refunded_outside(self, reference: str, name: str, amount: int) -> None:
        """From the last paper to the first; what they can't bear is held, with the first one's part."""
        if reference not in self.payments:
            self.waiting.setdefault(reference, []).append((name, amount))
            return
        first, *others = self.payments[reference]
        shares = self.refunds[name] = []
        for part in reversed(others):
            share = min(amount, self.most(part))
            amount -= share
            if share:
                self.pay_back(part, share)
                shares.append((part, share))
        if amount > self.most(first):
            self.held -= amount
            self.held_refunds[name] = amount
        elif amount:
            self.pay_back(first, amount)
            shares.append((first, amount))

    def returned(self, name: str) -> None:
        """A refund did not arrive: what was booked of it is the shop's again, what was held is settled."""
        self.held += self.held_refunds.pop(name, 0)
        for part, share in sorted(self.refunds.pop(name, []), key=lambda one: one[0].paper):
            self.receive(part.paper, share)


@dataclass
class History:
    """The shop, the provider and the oracle beside each other."""

    world: World
    double: StripeDouble
    oracle: Oracle
    random: Random
    sessions: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    news: list[Json] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    forged: int = 0

    def go_on(self) -> None:
        acts: list[Callable[[], None]] = [
            self.checkout, self.checkout, self.pay, self.pay, self.hear, self.hear, self.hear, self.forge, self.cash,
            self.credit_note, self.refund_a_share, self.refund_outside, self.refund_fails,
        ]  # fmt: skip
        self.random.choice(acts)()

    def checkout(self) -> None:
        owing = [pk for pk, paper in self.oracle.papers.items() if paper.balance]
        if owing:
            chosen = self.random.sample(owing, self.random.randint(1, len(owing)))
            attempt = start(list(Invoice.objects.filter(pk__in=chosen)), StripeGateway())
            shares = [(pk, self.oracle.papers[pk].balance) for pk in sorted(chosen)]
            assert self.double.sessions[attempt.external_id]["amount_total"] == sum(cents for _pk, cents in shares)
            self.sessions[attempt.external_id] = shares

    def pay(self) -> None:
        waiting = [name for name in self.sessions if self.double.sessions[name]["status"] == "open"]
        if waiting:
            self.news += [self.double.pay(self.random.choice(waiting))] * 3

    def hear(self) -> None:
        """One of the news that are on their way arrives."""
        if self.news:
            event = self.news.pop(self.random.randrange(len(self.news)))
            assert hook(event) == 200
            if event["id"] not in self.heard:
                self.heard.add(event["id"])
                self.understand(event["type"], event["data"]["object"])

    def understand(self, kind: str, thing: Json) -> None:
        if kind == "checkout.session.completed":
            self.oracle.pays(thing["payment_intent"], self.sessions[thing["id"]])
        elif kind == "refund.created" and not thing["metadata"]:
            self.oracle.refunded_outside(thing["payment_intent"], thing["id"], thing["amount"])
        elif kind == "refund.failed":
            self.oracle.returned(thing["id"])

    def forge(self) -> None:
        if self.double.events:
            event = {**self.random.choice(self.double.events), "id": f"evt_forged_{self.forged}"}
            assert hook(event, signature=sign(json.dumps(event).encode(), secret="whsec_other")) == 400
            self.forged += 1

    def cash(self) -> None:
        pk, paper = self.random.choice(list(self.oracle.papers.items()))
        amount = self.random.randint(1, max(1, paper.balance) + 200)
        settle(Invoice.objects.get(pk=pk), dollars(amount), method="cash", by=self.world.fay)
        self.oracle.receive(pk, amount)

    def credit_note(self) -> None:
        pk, paper = self.random.choice(list(self.oracle.papers.items()))
        if paper.credited < paper.total:
            amount = self.random.randint(1, paper.total - paper.credited)
            credit(Invoice.objects.get(pk=pk), dollars(amount), reason="Scratched", by=self.world.bill)
            self.oracle.take_back(pk, amount)

    def refund_a_share(self) -> None:
        """The desk has the provider pay back some of one share, as far as the provider has it still."""
        every = [(name, part) for name, parts in self.oracle.payments.items() for part in parts]
        if every:
            reference, part = self.random.choice(every)
            most = min(self.oracle.most(part), self.double.net_of(reference))
            if most:
                amount = self.random.randint(1, most)
                payment = Payment.objects.get(gateway_ref=reference, invoice=part.paper)
                pay_back.func(ask_back(payment, dollars(amount), by=self.world.bill).pk)
                self.oracle.pay_back(part, amount)

    def refund_outside(self) -> None:
        paid = [one["payment_intent"] for one in self.double.sessions.values() if one["payment_intent"]]
        if paid:
            reference = self.random.choice(paid)
            most = self.double.net_of(reference)
            if most:
                self.double.refund(reference, self.random.randint(1, most))
                self.news += [self.double.events[-1]] * 3

    def refund_fails(self) -> None:
        names = [name for name in (*self.oracle.refunds,) if self.double.refunds[name]["status"] == "succeeded"]
        if names:
            self.news += [self.double.fail_refund(self.random.choice(names))] * 3

    def end(self) -> None:
        while self.news:
            self.hear()

    def compare(self) -> None:
        told = Invoice.objects.filter(pk__in=self.oracle.papers).values_list(
            "pk", "standing__paid", "standing__credited", "standing__balance"
        )
        in_fact = {pk: tuple(cents(amount) for amount in amounts) for pk, *amounts in told}
        assert in_fact == {pk: (one.paid, one.credited, one.balance) for pk, one in self.oracle.papers.items()}
        assert cents(CreditEntry.objects.aggregate(sum=Sum("amount"))["sum"]) == self.oracle.credit
        held = HeldMoney.objects.filter(mended_at=None).aggregate(sum=Sum("amount"))["sum"]
        assert cents(held) == self.oracle.held


def cents(amount: Decimal | None) -> int:
    return round((amount or Decimal(0)) * 100)


def dollars(amount: int) -> Decimal:
    return Decimal(amount) / 100


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_books_are_the_oracles_after_every_step(
    world: World, account: GatewayAccount, double: StripeDouble, seed: int
) -> None:
    invoices = [bill(world, repair(world, price), world.carol) for price in PRICES]
    oracle = Oracle({invoice.pk: Paper(cents(invoice.total)) for invoice in invoices})
    history = History(world, double, oracle, Random(seed))
    for _step in range(STEPS):
        history.go_on()
        history.compare()
    history.end()
    history.compare()
    assert differences() == []
    booked = Payment.objects.filter(gateway="stripe").aggregate(sum=Sum("amount"))["sum"]
    paid = [one["payment_intent"] for one in double.sessions.values() if one["payment_intent"]]
    assert cents(booked) + oracle.held == sum(double.net_of(reference) for reference in paid)

"""Random histories of a ticket's money: the same seed, the same story.

A step is a tuple: a verb of `OracleShop` and its arguments, in minor units and fractions. The generator replays what
it tells, so that every step makes sense where it stands: nobody refunds what was never paid.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from money_oracle import Row
from oracle_shop import OracleShop

Step = tuple[Any, ...]

TAXES = [Fraction(text) for text in ("0", "5", "7.7", "8.875", "17", "18", "19", "25")]
PERCENTS = [Fraction(text) for text in ("0", "0", "0", "2.5", "10", "33.33", "50", "100")]
QUANTITIES = [Fraction(text) for text in ("0.25", "0.5", "0.75", "1", "1", "1.5", "2", "3", "0.33", "7")]
POLICIES = ["DEDUCT", "DEDUCT", "DEDUCT", "WAIVE", "KEEP"]


@dataclass(frozen=True)
class History:
    """A story and the shop it happens in."""

    seed: int
    inclusive: bool
    steps: list[Step]


def history(seed: int, *, inclusive: bool, length: int = 14, with_others: bool = True) -> History:
    """The story of that seed, with charges other than labour and parts or without. Ends with a resolved ticket."""
    return History(seed, inclusive, list(_Teller(Random(seed), inclusive, with_others).tell(length)))


def random_charge(random: Random, key: str, taxes: list[Fraction] = TAXES) -> Row:
    """A charge for `money_oracle.bill`; unit prices have up to two places below the minor unit."""
    cents = random.choice((random.randint(0, 20), random.randint(1, 5_000), random.randint(1, 200_000)))
    return {
        "key": key,
        "kind": random.choice(("LABOUR", "LABOUR", "PART", "PART", "OTHER", "DIAGNOSTIC")),
        "quantity": random.choice(QUANTITIES),
        "unit": cents + random.choice((Fraction(0), Fraction(0), Fraction(random.randint(0, 99), 100))),
        "percent": random.choice(PERCENTS),
        "off": random.choice((0, 0, 0, random.randint(1, 3_000))),
        "tax": random.choice(taxes),
    }


@dataclass
class _Teller:
    random: Random
    inclusive: bool
    with_others: bool
    shop: OracleShop = field(init=False)
    told: int = 0

    def __post_init__(self) -> None:
        self.shop = OracleShop(inclusive=self.inclusive)
        self.tax = self.random.choice(TAXES)

    def tell(self, length: int) -> Iterator[Step]:
        for _ in range(length):
            yield from self.happen(self.next_step())
        if not self.shop.is_resolved:
            yield from self.happen(("resolve", self.name("final")))

    def happen(self, step: Step | None) -> Iterator[Step]:
        if step:
            self.shop.replay(step)
            yield step

    def next_step(self) -> Step | None:
        """A step that can happen now; None when the dice fell on one that can't."""
        often_open = [self.diagnostic, self.labour, self.labour, self.part, self.part, self.other, self.pay, self.pay]
        now_and_then = [self.take_back, self.line_discount, self.document_discount, self.tax_change, self.exempt]
        seldom = [self.decline, self.approve, self.refund, self.resolve, self.resolve]
        closed = [self.pay, self.pay, self.refund, self.reopen, self.reopen, self.void]
        choices: list[Callable[[], Step | None]] = (
            closed if self.shop.is_resolved else often_open + now_and_then + seldom
        )
        return self.random.choice(choices)()

    def name(self, what: str) -> str:
        self.told += 1
        return f"{what} {self.told}"

    def diagnostic(self) -> Step:
        price = self.random.choice((1_000, 5_000, self.random.randint(1, 9_999)))
        return ("diagnostic", self.name("diagnostic"), price, self.tax, self.random.choice(POLICIES))

    def labour(self) -> Step:
        return self._charge("LABOUR")

    def part(self) -> Step:
        return self._charge("PART")

    def other(self) -> Step:
        return self._charge("OTHER" if self.with_others else "LABOUR")

    def _charge(self, kind: str) -> Step:
        row = random_charge(self.random, self.name(kind.lower()), [self.tax])
        quantity = Fraction(self.random.randint(1, 4)) if kind == "PART" else row["quantity"]
        return ("charge", row["key"], kind, quantity, row["unit"], row["tax"])

    def unbilled(self, *kinds: str) -> Row | None:
        rows = [row for key, row in self.shop.charges.items() if key not in self.shop.billed and row["kind"] in kinds]
        return self.random.choice(rows) if rows else None

    def take_back(self) -> Step | None:
        part = self.unbilled("PART")
        return ("take_back", part["key"], Fraction(self.random.randint(1, int(part["quantity"])))) if part else None

    def line_discount(self) -> Step | None:
        line = self.unbilled("LABOUR", "PART", "OTHER")
        percent, off = self.random.choice(
            ((self.random.choice(PERCENTS), 0), (Fraction(0), self.random.randint(1, 2_000)))
        )
        return ("line_discount", line["key"], percent, off) if line else None

    def document_discount(self) -> Step:
        return ("document_discount", self.random.choice(PERCENTS), self.random.choice((0, self.random.randint(1, 999))))

    def tax_change(self) -> None:
        """The shop's rate changes: seen on what is charged from now on, each charge carries its own."""
        self.tax = self.random.choice(TAXES)

    def exempt(self) -> Step:
        return ("exempt", not self.shop.is_exempt)

    def decline(self) -> Step | None:
        return None if self.shop.is_declined else ("decline",)

    def approve(self) -> Step | None:
        return ("approve",) if self.shop.is_declined else None

    def pay(self) -> Step | None:
        """A part, the whole, or too much of what a paper still owes."""
        owing = [name for name in self.shop.papers if self.shop.balance(name) > 0]
        if owing:
            name = self.random.choice(owing)
            balance = self.shop.balance(name)
            amounts = (balance, balance, self.random.randint(1, balance), balance + self.random.randint(1, 999))
            return ("pay", name, self.random.choice(amounts))
        else:
            return None

    def refund(self) -> Step | None:
        """Of what is paid on a paper; a diagnostic that a final invoice deducted is not refunded."""
        paid = [name for name, paper in self.shop.papers.items() if paper["paid"] and name not in self.shop.settled]
        if paid:
            name = self.random.choice(paid)
            whole = self.shop.papers[name]["paid"]
            return ("refund", name, self.random.choice((whole, self.random.randint(1, whole))))
        else:
            return None

    def resolve(self) -> Step:
        return ("resolve", self.name("final"))

    def reopen(self) -> Step:
        return ("reopen",)

    def void(self) -> Step | None:
        finals = [
            name
            for name, paper in self.shop.papers.items()
            if paper["is_final"] and not paper["voided"] and paper["total"]
        ]
        return ("void", self.random.choice(finals)) if finals else None

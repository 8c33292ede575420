"""The money computed a second time, by search and fractions, knowing nothing of the product's code.

Amounts are whole minor units; unit prices, quantities and percents are fractions. A charge is a dict of `key, kind,
quantity, unit, percent, off, tax`; a diagnostic a dict of `key, amount, tax, total, paid, credited, policy`.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor
from typing import Any

Row = dict[str, Any]


def rounded(exact: Fraction) -> int:
    return (1 if exact >= 0 else -1) * int(abs(exact) + Fraction(1, 2))


def part(amount: int, percent: Fraction) -> int:
    return rounded(amount * percent / 100)


def without_tax(gross: int, tax: Fraction) -> Fraction:
    return gross * 100 / (100 + tax)


def shared(target: int, exact: Sequence[Fraction]) -> list[int]:
    """Whole units that add up to the target: everyone gets his floor, then always he who is furthest below."""
    given = [floor(share) for share in exact]
    while sum(given) < target:
        given[max(range(len(exact)), key=lambda i: exact[i] - given[i])] += 1
    return given


def largest(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest whole number up to the limit for which it holds; what holds for a number holds below it."""
    return bisect_left(range(max(limit, 0)), True, key=lambda units: not holds(units + 1))


def gross(amount: int, tax: Fraction, inclusive: bool) -> int:
    return amount if inclusive else amount + part(amount, tax)


def groups(lines: Sequence[Row], inclusive: bool) -> dict[Fraction, tuple[int, int]]:
    """Net and tax of each rate."""
    found: dict[Fraction, tuple[int, int]] = {}
    for tax in {line["tax"] for line in lines}:
        amount = sum(line["amount"] for line in lines if line["tax"] == tax)
        net = rounded(without_tax(amount, tax)) if inclusive else amount
        found[tax] = (net, amount - net if inclusive else part(amount, tax))
    return found


def total(lines: Sequence[Row], inclusive: bool) -> int:
    return sum(net + tax for net, tax in groups(lines, inclusive).values())


def line_of(charge: Row, inclusive: bool, exempt: bool) -> Row:
    before = rounded(charge["quantity"] * charge["unit"])
    discount = min(before, part(before, charge["percent"]) + charge["off"])
    amount, tax = before - discount, charge["tax"]
    if exempt:
        amount, tax = rounded(without_tax(amount, tax)) if inclusive else amount, Fraction(0)
    return {"key": charge["key"], "kind": charge["kind"], "discount": discount, "amount": amount, "tax": tax}


def shares(diagnostic: Row, inclusive: bool) -> tuple[int, int]:
    """What still stands of the diagnostic's amount, and what of that is paid."""

    def worth(money: int) -> int:
        return largest(diagnostic["amount"], lambda units: gross(units, diagnostic["tax"], inclusive) <= money)

    standing = diagnostic["amount"] - worth(diagnostic["credited"])
    settled = diagnostic["paid"] >= diagnostic["total"] - diagnostic["credited"]
    return standing, standing if settled else min(standing, worth(diagnostic["paid"]))


def bill(
    charges: Sequence[Row],
    diagnostics: Sequence[Row] = (),
    *,
    percent: Fraction = Fraction(0),
    off: int = 0,
    inclusive: bool = False,
    exempt: bool = False,
    declined: bool = False,
) -> Row | None:
    """The final bill, or None where there is none: the repair declined or nothing billed but the diagnostic."""
    if declined or not charges:
        return None
    cancelled: dict[str, int] = {}
    moved = []
    for diagnostic in diagnostics:
        standing, paid = shares(diagnostic, inclusive)
        owed = diagnostic["total"] - diagnostic["credited"] - diagnostic["paid"]
        if owed > 0:
            cancelled[diagnostic["key"]] = owed
        if owed > 0 and diagnostic["policy"] != "WAIVE" and standing > paid:
            moved.append(fee(diagnostic["key"], standing - paid, diagnostic["tax"]))

    lines = [line_of(charge, inclusive, exempt) for charge in [*charges, *moved]]
    whole = sum(line["amount"] for line in lines)
    reduction = min(whole, part(whole, percent) + off)
    for line, share in zip(lines, shared(reduction, [Fraction(reduction * x["amount"], whole or 1) for x in lines])):
        line.update(share=share, amount=line["amount"] - share)

    labour = [line for line in lines if line["kind"] == "LABOUR"]
    deductions: list[Row] = []
    for diagnostic in diagnostics:
        if diagnostic["policy"] != "KEEP":

            def fits(units: int, tax: Fraction = diagnostic["tax"]) -> bool:
                taken = [*deductions, {"amount": -units, "tax": tax}]
                return (
                    sum(x["amount"] for x in labour + taken) >= 0
                    and total(labour, inclusive) >= sum(gross(-x["amount"], x["tax"], inclusive) for x in taken)
                    and total(lines + taken, inclusive) >= 0
                )

            if units := largest(shares(diagnostic, inclusive)[1], fits):
                deductions.append({"key": diagnostic["key"], "amount": -units, "tax": diagnostic["tax"]})

    everything = [*lines, *deductions]
    rates = groups(everything, inclusive)
    for rate, (net, _tax) in rates.items():
        same = [line for line in everything if line["tax"] == rate]
        exact = [without_tax(x["amount"], rate) if inclusive else Fraction(x["amount"]) for x in same]
        for line, own in zip(same, shared(net, exact)):
            line["net"] = own
    return {
        "lines": lines,
        "deductions": deductions,
        "cancelled": cancelled,
        "moved": moved,
        "groups": rates,
        "net": sum(net for net, _tax in rates.values()),
        "tax": sum(tax for _net, tax in rates.values()),
        "total": total(everything, inclusive),
    }


def fee(key: str, amount: int, tax: Fraction) -> Row:
    """A diagnostic as a charge."""
    one, none = Fraction(1), Fraction(0)
    return {
        "key": key,
        "kind": "DIAGNOSTIC",
        "quantity": one,
        "unit": Fraction(amount),
        "percent": none,
        "off": 0,
        "tax": tax,
    }


class OracleShop:
    """One ticket of one customer, replayed step by step: its papers, what is paid on each, what is kept as credit.

    A paper is a dict of `total, credited, paid` and its bill; `credit` is what the customer paid too much.
    """

    def __init__(self, *, inclusive: bool) -> None:
        self.inclusive = inclusive
        self.is_exempt = self.is_declined = self.is_resolved = False
        self.discount: tuple[Fraction, int] = (Fraction(0), 0)
        self.charges: dict[str, Row] = {}
        self.billed: dict[str, str] = {}
        self.diagnostics: dict[str, Row] = {}
        self.settled: dict[str, str] = {}
        self.papers: dict[str, Row] = {}
        self.credit_notes: list[tuple[str, int]] = []
        self.credit = self.received = self.refunded = 0

    def replay(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def diagnostic(self, key: str, price: int, tax: Fraction, policy: str) -> None:
        paper = bill([fee(key, price, tax)], inclusive=self.inclusive, exempt=self.is_exempt)
        assert paper is not None
        line = paper["lines"][0]
        self.diagnostics[key] = {"key": key, "amount": line["amount"], "tax": line["tax"], "policy": policy}
        self._issue(key, paper)

    def charge(
        self,
        key: str,
        kind: str,
        quantity: Fraction,
        unit: Fraction,
        tax: Fraction,
        percent: Fraction = Fraction(0),
        off: int = 0,
    ) -> None:
        self.charges[key] = {
            "key": key,
            "kind": kind,
            "quantity": quantity,
            "unit": unit,
            "percent": percent,
            "off": off,
            "tax": tax,
        }

    def take_back(self, key: str, quantity: Fraction) -> None:
        self.charges[key]["quantity"] -= quantity
        if not self.charges[key]["quantity"]:
            del self.charges[key]

    def line_discount(self, key: str, percent: Fraction, off: int) -> None:
        self.charges[key].update(percent=percent, off=off)

    def document_discount(self, percent: Fraction, off: int) -> None:
        self.discount = (percent, off)

    def exempt(self, exempt: bool) -> None:
        self.is_exempt = exempt

    def decline(self) -> None:
        self.is_declined = True

    def approve(self) -> None:
        self.is_declined = False

    def reopen(self) -> None:
        self.is_resolved = False

    def pay(self, paper: str, amount: int) -> None:
        """What is more than the balance is kept as the customer's credit."""
        taken = min(amount, self.balance(paper))
        self.papers[paper]["paid"] += taken
        self.credit += amount - taken
        self.received += amount

    def refund(self, paper: str, amount: int) -> None:
        self.papers[paper]["paid"] -= amount
        self.refunded += amount

    def running_bill(self) -> Row | None:
        return bill(
            [charge for key, charge in self.charges.items() if key not in self.billed],
            [
                {**diagnostic, **{name: self.papers[key][name] for name in ("total", "paid", "credited")}}
                for key, diagnostic in self.diagnostics.items()
                if key not in self.settled
            ],
            percent=self.discount[0],
            off=self.discount[1],
            inclusive=self.inclusive,
            exempt=self.is_exempt,
            declined=self.is_declined,
        )

    def resolve(self, name: str) -> None:
        """Issues the final invoice under that name, once; what it bills and settles is not offered again."""
        self.is_resolved = True
        if final := self.running_bill():
            for key, owed in final["cancelled"].items():
                self._cancel(key, owed)
            for moved in final["moved"]:
                self.charges["rest of " + moved["key"]] = {**moved, "key": "rest of " + moved["key"]}
            self.billed |= {key: name for key in self.charges if key not in self.billed}
            self.settled |= {key: name for key in self.diagnostics if key not in self.settled}
            self._issue(name, final)
            self.papers[name]["discount"], self.discount = self.discount, (Fraction(0), 0)

    def void(self, name: str) -> None:
        """The reverse of the paper; what was paid on it is the customer's, its charges can be billed again."""
        paper = self.papers[name]
        self._cancel(name, paper["total"] - paper["credited"])
        self.credit += paper["paid"]
        self.discount = paper["discount"] if self.discount == (0, 0) else self.discount
        paper.update(paid=0, voided=True)
        self.billed = {key: paper for key, paper in self.billed.items() if paper != name}
        self.settled = {key: paper for key, paper in self.settled.items() if paper != name}

    def balance(self, paper: str) -> int:
        return int(self.papers[paper]["total"] - self.papers[paper]["credited"] - self.papers[paper]["paid"])

    def is_conserved(self) -> bool:
        """Invoices less credit notes less the payments set against them are the open balance, on no paper negative."""
        invoiced = sum(paper["total"] for paper in self.papers.values())
        cancelled = sum(amount for _paper, amount in self.credit_notes)
        balances = [self.balance(name) for name in self.papers]
        return (
            min(balances, default=0) >= 0
            and self.credit >= 0
            and (invoiced - cancelled - (self.received - self.refunded - self.credit) == sum(balances))
        )

    def _issue(self, name: str, paper: Row) -> None:
        self.papers[name] = {"total": paper["total"], "credited": 0, "paid": 0, "voided": False, "bill": paper}

    def _cancel(self, name: str, amount: int) -> None:
        self.papers[name]["credited"] += amount
        if amount:
            self.credit_notes.append((name, amount))

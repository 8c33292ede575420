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
    exact_shares = [Fraction(reduction * line["amount"], whole or 1) for line in lines]
    for line, share in zip(lines, shared(reduction, exact_shares), strict=True):
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
        for line, own in zip(same, shared(net, exact), strict=True):
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

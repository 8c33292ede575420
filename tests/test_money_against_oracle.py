"""The engine and the oracle add up random bills, and agree to the cent in every line, tax and total.

`MAINSPRING_HISTORIES=100000` makes it as many, `MAINSPRING_SEED` repeats a run.
"""

import os
from decimal import Decimal
from fractions import Fraction
from random import Random, SystemRandom
from typing import Any

import pytest

import money_oracle
from histories import PERCENTS, POLICIES, TAXES, random_charge
from mainspring.billing.arithmetic import Bill, Charge, ChargeKind, PaidDiagnostic, Policy
from mainspring.core.money import minor_unit
from money_oracle import Row

BILLS = int(os.environ.get("MAINSPRING_HISTORIES", "2000"))
SEED = int(os.environ.get("MAINSPRING_SEED") or SystemRandom().randrange(10**9))
CURRENCIES = ["EUR", "EUR", "EUR", "USD", "ILS", "JPY", "KWD"]


def decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def as_charge(row: Row, unit: Decimal) -> Charge:
    return Charge(
        key=row["key"],
        kind=ChargeKind[row["kind"]],
        description="",
        quantity=decimal(row["quantity"]),
        unit_price=decimal(row["unit"]) * unit,
        discount_percent=decimal(row["percent"]),
        discount_amount=row["off"] * unit,
        tax_percent=decimal(row["tax"]),
    )


def as_diagnostic(row: Row, unit: Decimal) -> PaidDiagnostic:
    return PaidDiagnostic(
        key=row["key"],
        invoice_number="INV-000001",
        description="",
        amount=row["amount"] * unit,
        total=row["total"] * unit,
        paid=row["paid"] * unit,
        credited=row["credited"] * unit,
        tax_percent=decimal(row["tax"]),
        policy=Policy[row["policy"]],
    )


def random_diagnostic(random: Random, key: str, inclusive: bool, taxes: list[Fraction]) -> Row:
    """An invoiced fee, paid not at all, in part or in full, with or without a credit note before."""
    amount, tax = random.choice((1_000, random.randint(1, 30_000))), random.choice(taxes)
    total = money_oracle.gross(amount, tax, inclusive)
    credited = random.choice((0, 0, 0, random.randint(0, total)))
    paid = random.choice((0, total - credited, total - credited, random.randint(0, total - credited)))
    policy = random.choice(POLICIES)
    return {
        "key": key,
        "amount": amount,
        "tax": tax,
        "total": total,
        "paid": paid,
        "credited": credited,
        "policy": policy,
    }


def random_bill(random: Random, inclusive: bool) -> dict[str, Any]:
    """Charges, fees and terms for `money_oracle.bill`; often of few rates, so that groups have several lines."""
    taxes = random.sample(TAXES, random.choice((1, 1, 2, 3)))
    return {
        "charges": [random_charge(random, f"charge {i}", taxes) for i in range(random.choice((0, 1, 2, 3, 4, 5, 9)))],
        "diagnostics": [
            random_diagnostic(random, f"fee {i}", inclusive, taxes) for i in range(random.choice((0, 1, 1, 2)))
        ],
        "percent": random.choice(PERCENTS),
        "off": random.choice((0, 0, 0, random.randint(1, 9_999))),
        "exempt": random.random() < 0.2,
        "declined": random.random() < 0.05,
    }


def by_engine(terms: dict[str, Any], inclusive: bool, currency: str) -> Bill:
    unit = minor_unit(currency)
    return Bill.of(
        [as_charge(row, unit) for row in terms["charges"]],
        [as_diagnostic(row, unit) for row in terms["diagnostics"]],
        currency=currency,
        discount_percent=decimal(terms["percent"]),
        discount_amount=terms["off"] * unit,
        prices_include_tax=inclusive,
        exempt=terms["exempt"],
        declined=terms["declined"],
    )


def of_engine(bill: Bill, currency: str) -> object:
    """The bill's figures in minor units, to be compared."""
    unit = minor_unit(currency)

    def units(amount: Decimal) -> int:
        assert amount % unit == 0, f"{amount} is no amount of {currency}"
        return int(amount / unit)

    return {
        "lines": [
            (
                line.key,
                line.kind.name,
                units(line.discount),
                units(line.document_discount),
                units(line.amount),
                units(line.net),
                Fraction(line.tax_percent),
            )
            for line in bill.lines
        ],
        "cancelled": {cancellation.key: units(cancellation.gross) for cancellation in bill.cancellations},
        "taxes": {Fraction(group.percent): (units(group.net), units(group.tax)) for group in bill.taxes},
        "sums": (units(bill.discount), units(bill.net), units(bill.tax), units(bill.total)),
    }


def of_oracle(bill: Row | None) -> object:
    if bill is None:
        return {"lines": [], "cancelled": {}, "taxes": {}, "sums": (0, 0, 0, 0)}
    else:
        return {
            "lines": [
                (x["key"], x["kind"], x["discount"], x["share"], x["amount"], x["net"], x["tax"]) for x in bill["lines"]
            ]
            + [(x["key"], "DEDUCTION", 0, 0, x["amount"], x["net"], x["tax"]) for x in bill["deductions"]],
            "cancelled": bill["cancelled"],
            "taxes": bill["groups"],
            "sums": (sum(x["share"] for x in bill["lines"]), bill["net"], bill["tax"], bill["total"]),
        }


@pytest.mark.parametrize("inclusive", [False, True], ids=["prices without tax", "prices with tax"])
def test_engine_and_oracle_agree_to_the_cent(inclusive: bool) -> None:
    print(f"MAINSPRING_SEED={SEED}")
    deducted = moved = 0
    for number in range(BILLS // 2):
        random = Random(f"{SEED} {inclusive} {number}")
        terms, currency = random_bill(random, inclusive), random.choice(CURRENCIES)
        expected = money_oracle.bill(**terms, inclusive=inclusive)
        found = of_engine(by_engine(terms, inclusive, currency), currency)
        assert found == of_oracle(expected), f"seed {SEED}, bill {number}, {currency}: {terms}"
        deducted += bool(expected and expected["deductions"])
        moved += bool(expected and expected["moved"])
    assert deducted > BILLS / 20 and moved > BILLS / 50, "Too few bills had a fee to deduct or to move."


@pytest.mark.parametrize(
    ("paid", "total", "deduction", "cancelled"), [(1000, 7000, -1000, 0), (0, 9000, 0, 1000), (400, 8200, -400, 600)]
)
def test_labour_thirty_less_diagnostic_ten_with_parts_of_fifty(
    paid: int, total: int, deduction: int, cancelled: int
) -> None:
    def charge(kind: str, price: int) -> Row:
        return {**money_oracle.fee(kind.lower(), price, Fraction(0)), "kind": kind}

    fee = {"key": "fee", "amount": 1000, "tax": Fraction(0), "total": 1000, "paid": paid, "credited": 0}
    terms: dict[str, Any] = {
        "charges": [charge("LABOUR", 3000), charge("PART", 5000)],
        "diagnostics": [{**fee, "policy": "DEDUCT"}],
        "percent": Fraction(0),
        "off": 0,
        "exempt": False,
        "declined": False,
    }
    expected = money_oracle.bill(**terms)
    assert expected is not None
    assert of_engine(by_engine(terms, inclusive=False, currency="USD"), "USD") == of_oracle(expected)
    assert expected["total"] == total
    assert sum(line["amount"] for line in expected["deductions"]) == deduction
    assert sum(expected["cancelled"].values()) == cancelled

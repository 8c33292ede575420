"""RELIABILITY 70: no float touches money, and a million sums come out to the cent.

`MAINSPRING_SUMS=1000000` adds up as many.
"""

import ast
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random, SystemRandom

import pytest

import mainspring
from mainspring.billing.arithmetic import Bill, Charge, ChargeKind
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.models import Invoice, Payment
from mainspring.billing.settling import Unsettled, refund, settle
from mainspring.billing.tests.shelf import open_ticket, service
from mainspring.core.money import round_money, sum_money
from mainspring.work.models import add_service
from world import World

SUMS = int(os.environ.get("MAINSPRING_SUMS", "3000"))
SEED = int(os.environ.get("MAINSPRING_SEED") or SystemRandom().randrange(10**9))
HOUSE = Path(mainspring.__file__).parent
MONEY = ["core/money.py", "billing", "work/models", "work/forms.py", "work/reading.py", "inventory/models"]
SUMMED = [*MONEY, "reports"]
MAY_ADD_UP = {"core/money.py": "the one sum of money", "inventory/models/stock.py": "quantities, not money"}


def modules(places: list[str]) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the house that handles money, as a tree; tests and migrations aside."""
    for place in places:
        for path in sorted((HOUSE / place).rglob("*.py")) if (HOUSE / place).is_dir() else [HOUSE / place]:
            name = path.relative_to(HOUSE).as_posix()
            if "/tests/" not in name and "/migrations/" not in name:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def floats(tree: ast.Module) -> Iterator[str]:
    """Where a float comes into being: written, converted to, or by dividing whole numbers."""
    times = {id(node.annotation) for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg == "now"}
    for node in ast.walk(tree):
        if id(node) in times:  # a moment may be one
            continue
        where = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{where}: the float {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float" and isinstance(node.ctx, ast.Load):
            yield f"{where}: float"
        elif isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield f"{where}: a column of floats"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and both_whole(node):
            yield f"{where}: a division of whole numbers"


def both_whole(node: ast.BinOp) -> bool:
    """Neither side is certainly a Decimal, a Fraction or a path."""
    return not (is_exact(node.left) or is_exact(node.right))


def is_exact(node: ast.expr) -> bool:
    """Whether an operand is known to be exact: made by Decimal or Fraction, or named as what is one."""
    if isinstance(node, ast.Call):
        return called(node) in ("Decimal", "Fraction", "root", "Path") or called(node) in EXACT
    elif isinstance(node, ast.BinOp):
        return is_exact(node.left) or is_exact(node.right)
    elif isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    else:
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        return name in EXACT


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


EXACT = {"HUNDRED", "net", "HOUR", "SIXTY", "unit", "whole", "HERE", "FONTS", "root", "parent", "resolve"}
"""Names that stand for a Decimal or a folder wherever the money divides."""


@pytest.mark.parametrize(("name", "tree"), list(modules(MONEY)), ids=lambda one: one if isinstance(one, str) else "")
def test_no_float_touches_money(name: str, tree: ast.Module) -> None:
    assert list(floats(tree)) == []


@pytest.mark.parametrize(
    "code", ["price = 0.1", "float(total)", "cents / 100", "len(a) / len(b)", "models.FloatField()", "x = 1e3"]
)
def test_the_check_sees_a_float(code: str) -> None:
    assert list(floats(ast.parse(code)))


def test_the_check_looks_at_the_arithmetic() -> None:
    seen = {name for name, _tree in modules(MONEY)}
    assert {"billing/arithmetic.py", "billing/settling.py", "core/money.py", "billing/issuing.py"} <= seen


@pytest.mark.parametrize(("name", "tree"), list(modules(SUMMED)), ids=lambda one: one if isinstance(one, str) else "")
def test_money_is_summed_in_one_place(name: str, tree: ast.Module) -> None:
    """SQLite adds decimals as floats: whoever sums by himself gets a cent wrong some day."""
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models"
        for alias in node.names
    }
    assert name in MAY_ADD_UP or not imported & {"Sum", "Avg"}


@pytest.mark.parametrize("inclusive", [False, True])
def test_the_lines_come_to_the_total_to_the_cent(inclusive: bool) -> None:
    """Each bill: nets and taxes are the total, lines are the net, in whole cents and never below nothing."""
    print(f"MAINSPRING_SEED={SEED}")
    random = Random(f"{SEED} {inclusive}")
    rates = [Decimal(one) for one in ("0", "17", "5.5", "7.7", "8.875")]
    for _ in range(SUMS // 2):
        currency = random.choice(("USD", "JPY", "KWD"))
        charges = [
            Charge(
                f"labour:{n}",
                random.choice((ChargeKind.LABOUR, ChargeKind.PART)),
                "",
                Decimal(random.randint(1, 5_000)) / Decimal(1_000),
                Decimal(random.randint(0, 1_000_000)) / Decimal(10_000),
                discount_percent=Decimal(random.choice((0, 0, 10, 33))),
                tax_percent=random.choice(rates),
            )
            for n in range(random.randint(1, 5))
        ]
        percent = Decimal(random.choice((0, 0, 5, 12)))
        bill = Bill.of(charges, [], currency=currency, discount_percent=percent, prices_include_tax=inclusive)
        assert sum(line.net for line in bill.lines) == bill.net
        assert bill.net + bill.tax == bill.total == sum(group.net + group.tax for group in bill.taxes)
        amounts = [bill.total, bill.net, bill.tax, *(line.net for line in bill.lines)]
        assert all(amount == round_money(amount, currency) for amount in amounts)
        assert bill.total >= 0
        if inclusive:
            assert sum(line.amount for line in bill.lines) == bill.total


def test_refunds_never_exceed_the_payment(world: World) -> None:
    random = Random(SEED)
    ticket = open_ticket(world)
    add_service(ticket, service(world, "Repair", "30"), by=world.tess)
    invoice = FinalInvoice(ticket).issue(by=world.bill)
    assert invoice is not None
    payment = settle(invoice, Decimal("30"), method="cash", by=world.bill)
    refused = 0
    for _ in range(60):
        try:
            refund(payment, Decimal(random.randint(1, 400)).scaleb(-2), by=world.bill)
        except Unsettled:
            refused += 1
    back = sum_money(Payment.objects.filter(refunds=payment), "amount", "USD")
    assert refused and -30 <= back < -26


def test_the_database_sums_to_the_cent(world: World) -> None:
    """A thousand times ten cents is a hundred, and three times is thirty cents: as floats it is neither."""
    ticket = open_ticket(world)
    add_service(ticket, service(world, "Repair", "1000"), by=world.tess)
    invoice = FinalInvoice(ticket).issue(by=world.bill)
    assert invoice is not None
    for count, wanted in ((3, "0.3"), (997, "100")):
        Payment.objects.bulk_create(
            [Payment(invoice=invoice, amount=Decimal("0.1"), method="cash") for _ in range(count)]
        )
        assert sum_money(Payment.objects.all(), "amount", "USD") == Decimal(wanted)
    assert sum_money(Invoice.objects.none(), "total", "USD") == 0

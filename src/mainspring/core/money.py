"""Money: Decimal amounts in one currency, rounded in one place, summed in one place."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import get_language

ZERO = Decimal(0)
PLACE = Decimal("0.001")
"""The last place of a column of money: some currencies have three."""
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Commercial rounding (half away from zero) to the currency's minor unit. The house's only rounding of money."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


class SumOfMoney(Sum):
    """The sum of a column of money, exact: SQLite adds decimals as floats. The house's only sum of money in SQL."""

    @property
    def convert_value(self) -> Callable[[Any, Any, Any], Any]:
        return _exact


def _exact(value: Any, _expression: Any, _connection: Any) -> Decimal | None:
    """To the place that a column of money has: what is behind it is no money."""
    return None if value is None else Decimal(value).quantize(PLACE, rounding=ROUND_HALF_UP)


def sum_money(rows: "QuerySet[Any, Any]", column: str, currency: str) -> Decimal:
    """The sum of a column of money in one currency."""
    return round_money(rows.aggregate(sum=SumOfMoney(column))["sum"] or ZERO, currency)


def record_money(amount: Decimal, currency: str) -> str:
    """The amount as records keep it: `70.00 USD`."""
    return f"{round_money(amount, currency):f} {currency}"


def show_recorded_money(recorded: str) -> str:
    """A recorded amount in the reader's language; what is none stays as it is."""
    amount, _space, currency = recorded.partition(" ")
    try:
        return show_money(Decimal(amount), currency, get_language() or settings.LANGUAGE_CODE)
    except InvalidOperation:
        return recorded


def show_money(amount: Decimal, currency: str, language: str) -> str:
    """The amount as people of that language write it. Rounded first, so that Babel never rounds half-even.

    Where text runs right to left, a minus is bound to its figure as CLDR writes it, so that it stays in front.
    """
    shown = format_currency(round_money(amount, currency), currency, locale=language)
    return shown.replace("-", f"{LEFT_TO_RIGHT_MARK}-") if RIGHT_TO_LEFT_MARK in shown else shown

"""Money: Decimal amounts in one currency, rounded in one place."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_precision

ZERO = Decimal(0)


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Commercial rounding (half away from zero) to the currency's minor unit. The house's only rounding of money."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def show_money(amount: Decimal, currency: str, language: str) -> str:
    """The amount as people of that language write it. Rounded first, so that Babel never rounds half-even."""
    return format_currency(round_money(amount, currency), currency, locale=language)

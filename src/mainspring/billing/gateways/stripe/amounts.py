"""Amounts as Stripe counts them: whole numbers of its smallest unit of a currency."""

from decimal import Decimal

from mainspring.core.money import round_money

WITHOUT_CENTS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""https://docs.stripe.com/currencies#zero-decimal"""
WITH_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def places(currency: str) -> int:
    if currency in WITHOUT_CENTS:
        return 0
    elif currency in WITH_THREE:
        return 3
    else:
        return 2


def to_stripe(amount: Decimal, currency: str) -> int:
    """Raises ValueError for an amount that is no whole number of units."""
    units = amount.scaleb(places(currency))
    if units != int(units) or units <= 0:
        raise ValueError(f"{amount} {currency}")
    return int(units)


def from_stripe(units: int, currency: str) -> Decimal:
    """The amount in the currency's own places, where Stripe counts more of them than the currency has."""
    amount = Decimal(units).scaleb(-places(currency))
    rounded = round_money(amount, currency)
    return rounded if rounded == amount else amount

"""Quantities: Decimals of up to three places (cable by the metre), shown without trailing zeros."""

from decimal import Decimal

from babel.numbers import format_decimal

STEP = Decimal("0.001")


def show_quantity(quantity: Decimal, language: str = "en") -> str:
    """The quantity as people of that language write it: 2, 0.5, 1,250."""
    return format_decimal(quantity, format="#,##0.###", locale=language)

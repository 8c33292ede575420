"""The tables of core."""

from mainspring.core.numbers import NumberSeries
from mainspring.core.shop import Shop, TaxRate

__all__ = ["NumberSeries", "Shop", "TaxRate"]

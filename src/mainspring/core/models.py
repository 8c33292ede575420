"""The tables of core."""

from mainspring.core.numbers import NumberSeries
from mainspring.core.search.tables import SearchDocument, SearchKey
from mainspring.core.shop import Shop, TaxRate
from mainspring.core.tries import Tries

__all__ = ["NumberSeries", "SearchDocument", "SearchKey", "Shop", "TaxRate", "Tries"]

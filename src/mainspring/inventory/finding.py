"""Products in the search: by name, SKU, barcode and shelf."""

from collections.abc import Iterator

from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.inventory.events import PRODUCT_ADDED, PRODUCT_CHANGED
from mainspring.inventory.models import Product
from mainspring.inventory.models.product import PRODUCT


def entry_of(product: Product) -> Entry:
    return Entry(PRODUCT, product.pk, product.name, keys=[product.sku, product.barcode, product.shelf])


@source
def products() -> Iterator[Entry]:
    yield from map(entry_of, Product.objects.iterator())


@in_transaction(PRODUCT_ADDED, PRODUCT_CHANGED)
def find_product(_event: Event, product: Product) -> None:
    search.keep([entry_of(product)])

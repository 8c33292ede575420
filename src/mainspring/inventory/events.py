"""What the stock records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

PRODUCT_ADDED = EventKind("product.added", _("{who} added {name}"), icon="package")
PRODUCT_CHANGED = EventKind("product.changed", _("{who} changed {name}"), icon="package")
STOCK_RECEIVED = EventKind("stock.received", _("{who} received {quantity} × {name}"), icon="package-import")
STOCK_TAKEN = EventKind("stock.taken", _("{who} took {quantity} × {name} for {label}"), icon="package-export")
STOCK_RETURNED = EventKind("stock.returned", _("{who} put {quantity} × {name} back"), icon="arrow-back-up")
STOCK_COUNTED = EventKind("stock.counted", _("{who} counted {on_hand} × {name}"), icon="checklist")
STOCK_RAN_LOW = EventKind("stock.ran_low", _("{name} runs low: {on_hand} left"), icon="alert-triangle")
SUPPLIER_ADDED = EventKind("supplier.added", _("{who} added the supplier {name}"), icon="truck")
SUPPLIER_CHANGED = EventKind("supplier.changed", _("{who} changed the supplier {name}"), icon="truck")
CATEGORY_ADDED = EventKind("product_category.added", _("{who} added the category {name}"), icon="category")
CATEGORY_CHANGED = EventKind("product_category.changed", _("{who} changed the category {name}"), icon="category")

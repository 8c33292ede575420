"""What the settings record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

SHOP_CHANGED = EventKind("shop.changed", _("{who} changed the shop's settings"), icon="settings")
TAX_ADDED = EventKind("tax.added", _("{who} added the tax {name}"), icon="receipt-tax")
TAX_CHANGED = EventKind("tax.changed", _("{who} changed the tax {name}"), icon="receipt-tax")

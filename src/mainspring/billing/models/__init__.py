"""The tables of billing."""

from mainspring.billing.models.charges import BilledCharge, Discount
from mainspring.billing.models.document import Archived, Invoice, Line, Standing, TaxLine
from mainspring.billing.models.payment import Attempt, CreditEntry, GatewayCall, Payment

__all__ = [
    "Archived",
    "Attempt",
    "BilledCharge",
    "CreditEntry",
    "Discount",
    "GatewayCall",
    "Invoice",
    "Line",
    "Payment",
    "Standing",
    "TaxLine",
]

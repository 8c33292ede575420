"""The tables of billing."""

from mainspring.billing.models.charges import BilledCharge, Discount, is_billed
from mainspring.billing.models.document import Archived, Invoice, Line, Standing, TaxLine
from mainspring.billing.models.payment import (
    Attempt,
    CreditEntry,
    GatewayAccount,
    GatewayCall,
    HeldMoney,
    PayBack,
    Payment,
    SentForm,
    Share,
)

__all__ = [
    "Archived",
    "Attempt",
    "BilledCharge",
    "CreditEntry",
    "Discount",
    "GatewayAccount",
    "GatewayCall",
    "HeldMoney",
    "Invoice",
    "Line",
    "PayBack",
    "Payment",
    "SentForm",
    "Share",
    "Standing",
    "TaxLine",
    "is_billed",
]

"""Payment providers are adapters: a class each, in a folder of its own, added to one registry."""

from mainspring.billing.gateways.base import Checkout, Gateway, gateways
from mainspring.billing.gateways.stripe import StripeGateway
from mainspring.billing.gateways.testing import TestGateway

__all__ = ["Checkout", "Gateway", "StripeGateway", "TestGateway", "gateways"]

"""Stripe: Checkout pages, signed webhooks, refunds."""

from mainspring.billing.gateways.stripe.gateway import StripeGateway

__all__ = ["StripeGateway"]

"""The embedded test gateway: a page of our own that plays the provider. The demo pays with it."""

from django.conf import settings

from mainspring.billing.gateways.base import Checkout, Gateway, SaysPaidBack, gateways
from mainspring.billing.models import Attempt, PayBack
from mainspring.core.links import link
from mainspring.core.tokens import sign


@gateways.add
class TestGateway(Gateway):
    """No money moves. On in the demo, off as soon as a real provider is configured."""

    __test__ = False
    name = "test"
    label = "Test payment"

    def is_ready(self) -> bool:
        return bool(settings.TEST_PAYMENTS)

    def start(self, attempt: Attempt, *, return_url: str) -> Checkout:
        return Checkout(link("test_checkout", attempt.key, sign("test-gateway", attempt.key)), f"test-{attempt.pk}")

    def pay_back(self, back: PayBack) -> SaysPaidBack:
        return SaysPaidBack(
            f"test-back-{back.key}",
            back.source.gateway_ref,
            back.amount,
            back.currency,
            PayBack.State.DONE,
            key=back.key,
        )

"""What a payment provider must be able to do."""

from dataclasses import dataclass
from typing import ClassVar

from mainspring.billing.models import Attempt
from mainspring.core.slots import Registry


@dataclass(frozen=True)
class Checkout:
    """Where the customer pays, and the provider's own name for it."""

    pay_url: str
    external_id: str


class Gateway:
    """A payment provider. Adapters are made without arguments and read their settings themselves."""

    name: ClassVar[str]
    label: ClassVar[str]

    def is_ready(self) -> bool:
        """Whether it is switched on and has all it needs, the webhook's secret included."""
        raise NotImplementedError

    def start(self, attempt: Attempt, *, return_url: str) -> Checkout:
        """Ask the provider for a page where `attempt.amount` is paid. The attempt's key makes a repeat harmless."""
        raise NotImplementedError


gateways: Registry[Gateway] = Registry()

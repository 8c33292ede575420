"""What a payment provider must be able to do, and the words it may say to us."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from mainspring.billing.models import Attempt, PayBack
from mainspring.core.slots import Registry


class GatewayDown(Exception):
    """The provider did not answer, or is broken: the same again later is right, and harmless by its key."""


class GatewayRefused(Exception):
    """The provider said no; the sentence says why."""


@dataclass(frozen=True)
class Checkout:
    """Where the customer pays, and the provider's own name for it."""

    pay_url: str
    external_id: str


@dataclass(frozen=True)
class SaysPaid:
    """The provider has the money for the attempt with this key. `reference` is its name for the payment."""

    key: str
    reference: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class SaysUnpaid:
    """How an attempt stands that brought no money: pending, failed or expired."""

    key: str
    state: str


@dataclass(frozen=True)
class SaysPaidBack:
    """A refund of the payment `payment`, ours or made at the provider: `state` is one of PayBack.State,
    `key` that of our own request."""

    reference: str
    payment: str
    amount: Decimal
    currency: str
    state: str
    key: str = ""
    why: str = ""


@dataclass(frozen=True)
class SaysMoved:
    """Money of the attempt with this key moved, and the provider did not say how: it must be asked."""

    key: str


Word = SaysPaid | SaysUnpaid | SaysPaidBack | SaysMoved


class Gateway:
    """A payment provider. Adapters are made without arguments and read their settings themselves."""

    name: ClassVar[str]
    label: ClassVar[str]

    def is_ready(self) -> bool:
        """Whether it is switched on and has all it needs, the webhook's secret included."""
        raise NotImplementedError

    def start(self, attempt: Attempt, *, return_url: str) -> Checkout:
        """Ask the provider for a page where `attempt.amount` is paid. The attempt's key makes a repeat harmless.

        Raises GatewayDown or GatewayRefused, as all that calls the provider does.
        """
        raise NotImplementedError

    def look(self, attempt: Attempt) -> list[Word]:
        """What the provider says now of an attempt that was started, its refunds included."""
        return []

    def pay_back(self, back: PayBack) -> SaysPaidBack:
        """Ask for a refund. The key of `back` makes a repeat harmless."""
        raise NotImplementedError

    def paid_back_since(self, moment: datetime) -> list[SaysPaidBack]:
        """Every refund that was made since, whoever made it, the earliest first."""
        return []

    def look_at(self, back: PayBack) -> SaysPaidBack | None:
        """How a refund stands that the provider has a name for; None when it has nothing to say."""
        return None

    def understand(self, body: dict[str, object]) -> Word | None:
        """A kept call as a word; None for what is not about money of ours."""
        return None


gateways: Registry[Gateway] = Registry()

"""The adapter: our attempts and refunds as Stripe's calls. https://docs.stripe.com/api"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from mainspring.billing.gateways.base import (
    Checkout,
    Gateway,
    GatewayDown,
    GatewayRefused,
    SaysPaidBack,
    Word,
    gateways,
)
from mainspring.billing.gateways.stripe.amounts import to_stripe
from mainspring.billing.gateways.stripe.reading import of_refund, of_session, word_of
from mainspring.billing.models import Attempt, GatewayAccount, PayBack, Share

if TYPE_CHECKING:
    import stripe

T = TypeVar("T")

TIMEOUT = 15
MOST_TOLD = 500
"""Characters of a value that is kept beside a payment. https://docs.stripe.com/api/metadata"""
LOCALES = {"en": "en", "he": "he"}


@gateways.add
class StripeGateway(Gateway):
    """Stripe Checkout. Ready when it is switched on and has both its key and the secret of its webhook."""

    name = "stripe"
    label = "Stripe"

    def __init__(self) -> None:
        self.account = GatewayAccount.of(self.name)
        kept = self.account.secrets
        self.key, self.webhook_secret = kept.get("key", ""), kept.get("webhook_secret", "")

    def is_ready(self) -> bool:
        return bool(self.account.is_on and self.key and self.webhook_secret)

    @property
    def is_test(self) -> bool:
        return "_test_" in self.key

    def start(self, attempt: Attempt, *, return_url: str) -> Checkout:
        shares = list(attempt.shares.select_related("invoice"))
        told = {"attempt": attempt.key, "invoice": attempt.codes[:MOST_TOLD]}
        asked: Any = {
            "mode": "payment",
            "client_reference_id": attempt.key,
            "line_items": [_line(share) for share in shares],
            "payment_intent_data": {"metadata": told},
            "metadata": told,
            "locale": LOCALES.get(shares[0].invoice.language, "auto"),
            "success_url": f"{return_url}?back=1",
            "cancel_url": return_url,
        }
        if email := attempt.payer.email if attempt.payer else shares[0].invoice.customer_address.get("email"):
            asked["customer_email"] = email
        session = self._ask(lambda api: api.v1.checkout.sessions.create(asked, {"idempotency_key": attempt.key}))
        return Checkout(str(session.url), session.id)

    def look(self, attempt: Attempt) -> list[Word]:
        session = self._ask(lambda api: api.v1.checkout.sessions.retrieve(attempt.external_id)).to_dict()
        paid = of_session(session)
        words: list[Word] = [paid] if paid else []
        if session.get("payment_intent"):
            words += self._refunds({"payment_intent": session["payment_intent"]})
        return words

    def paid_back_since(self, moment: datetime) -> list[SaysPaidBack]:
        return self._refunds({"created": {"gte": int(moment.timestamp())}})

    def look_at(self, back: PayBack) -> SaysPaidBack | None:
        return of_refund(self._ask(lambda api: api.v1.refunds.retrieve(back.external_id)).to_dict())

    def _refunds(self, of: dict[str, Any]) -> list[SaysPaidBack]:
        """Every refund like that, page by page, the earliest first."""
        asked: Any = {"limit": 100, **of}
        found = self._ask(lambda api: list(api.v1.refunds.list(asked).auto_paging_iter()))
        return [word for refund in reversed(found) if (word := of_refund(refund.to_dict()))]

    def pay_back(self, back: PayBack) -> SaysPaidBack:
        asked: Any = {
            "payment_intent": back.source.gateway_ref,
            "amount": to_stripe(back.amount, back.currency),
            "metadata": {"payback": back.key, "invoice": back.invoice.code},
        }
        refund = self._ask(lambda api: api.v1.refunds.create(asked, {"idempotency_key": back.key}))
        word = of_refund(refund.to_dict())
        if word is None:
            raise GatewayRefused(_("Stripe answered with a refund of something else."))
        return word

    def understand(self, body: Mapping[str, Any]) -> Word | None:
        return word_of(dict(body))

    def try_it(self) -> None:
        """Ask for the balance: whether the key opens the account. Raises GatewayDown or GatewayRefused."""
        self._ask(lambda api: api.v1.balance.retrieve())

    def _ask(self, call: "Callable[[stripe.StripeClient], T]") -> T:
        import stripe  # a tenth of a second, not at every start of a command

        if not self.key:
            raise GatewayRefused(_("There is no secret key. Copy it from Stripe's dashboard, under Developers."))
        try:
            return call(self._client())
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise GatewayDown(_("Stripe can't be reached. It is tried again.")) from error
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            raise GatewayRefused(
                _("Stripe does not accept the secret key. Copy it again from Stripe's dashboard, under Developers.")
            ) from error
        except stripe.StripeError as error:
            if (error.http_status or 500) >= 500 or error.http_status == 409:
                raise GatewayDown(_("Stripe has a fault. It is tried again.")) from error
            raise GatewayRefused(str(error.user_message or error)[:250]) from error

    def _client(self) -> "stripe.StripeClient":
        import stripe

        return stripe.StripeClient(
            self.key,
            base_addresses={"api": settings.STRIPE_API},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )


def _line(share: Share) -> dict[str, Any]:
    """A line of the checkout: what is paid of one invoice."""
    currency = share.invoice.currency
    price = {
        "currency": currency.lower(),
        "unit_amount": to_stripe(share.amount, currency),
        "product_data": {"name": share.invoice.code},
    }
    return {"quantity": 1, "price_data": price}

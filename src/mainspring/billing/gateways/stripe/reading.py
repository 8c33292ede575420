"""Reading what Stripe sends. Pure: bytes or parsed JSON in, frozen words out; no database, no network.

https://docs.stripe.com/webhooks#verify-manually, https://docs.stripe.com/api/events/types
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from mainspring.billing.gateways.base import SaysMoved, SaysPaid, SaysPaidBack, SaysUnpaid, Word
from mainspring.billing.gateways.stripe.amounts import from_stripe
from mainspring.billing.models import Attempt, PayBack

TOLERANCE = 300
"""Seconds that a signature holds."""

REFUND_STATES = {
    "succeeded": PayBack.State.DONE,
    "pending": PayBack.State.PENDING,
    "requires_action": PayBack.State.PENDING,
    "failed": PayBack.State.FAILED,
    "canceled": PayBack.State.FAILED,
}
SESSION_EVENTS = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}
REFUND_EVENTS = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}


class Forged(Exception):
    """Not signed by the account's secret over these bytes, or signed too long ago."""


@dataclass(frozen=True)
class Call:
    """A webhook whose signature holds: Stripe's own name for the event, and its body."""

    event_id: str
    body: dict[str, Any]

    @classmethod
    def read(cls, raw: bytes, signature: str, *, secret: str, now: float) -> "Call":
        """The call; raises Forged for what Stripe did not send, ValueError for what is no event."""
        if not (secret and is_signed(raw, signature, secret=secret, now=now)):
            raise Forged
        body = json.loads(raw)
        if not (isinstance(body, dict) and isinstance(body.get("id"), str) and isinstance(body.get("type"), str)):
            raise ValueError("This is no event.")
        return cls(body["id"][:120], body)


def is_signed(raw: bytes, signature: str, *, secret: str, now: float) -> bool:
    parts = [part.partition("=")[::2] for part in signature.split(",")]
    times = [value for name, value in parts if name.strip() == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) < 13):
        return False
    expected = hmac.new(secret.encode(), times[0].encode() + b"." + raw, hashlib.sha256).hexdigest()
    matches = [hmac.compare_digest(expected.encode(), value.encode()) for name, value in parts if name.strip() == "v1"]
    return any(matches) and abs(now - int(times[0])) <= TOLERANCE


def word_of(body: dict[str, Any]) -> Word | None:
    """What an event says; None for a kind that is not about our money. Raises KeyError for a torn one."""
    kind, thing = str(body["type"]), body["data"]["object"]
    if kind in SESSION_EVENTS:
        return of_session(thing, failed=kind.endswith("async_payment_failed"))
    elif kind in REFUND_EVENTS:
        return of_refund(thing)
    elif kind == "charge.refunded":
        return of_charge(thing)
    else:
        return None


def of_session(session: dict[str, Any], *, failed: bool = False) -> Word | None:
    """How a Checkout Session stands. One that is not of our making has no key and says nothing."""
    key = session.get("client_reference_id")
    if not key:
        return None
    elif session["payment_status"] == "paid":
        currency = str(session["currency"]).upper()
        amount = from_stripe(int(session["amount_total"]), currency)
        return SaysPaid(str(key), str(_id(session["payment_intent"])), amount, currency)
    elif failed:
        return SaysUnpaid(str(key), Attempt.State.FAILED)
    elif session["status"] == "expired":
        return SaysUnpaid(str(key), Attempt.State.EXPIRED)
    elif session["status"] == "complete":
        return SaysUnpaid(str(key), Attempt.State.PENDING)
    else:
        return None


def of_refund(refund: dict[str, Any]) -> SaysPaidBack | None:
    payment = _id(refund.get("payment_intent"))
    if not payment:
        return None
    currency = str(refund["currency"]).upper()
    return SaysPaidBack(
        reference=str(refund["id"]),
        payment=payment,
        amount=from_stripe(int(refund["amount"]), currency),
        currency=currency,
        state=REFUND_STATES.get(str(refund["status"]), PayBack.State.PENDING),
        key=str((refund.get("metadata") or {}).get("payback", "")),
        why=str(refund.get("failure_reason") or ""),
    )


def of_charge(charge: dict[str, Any]) -> SaysMoved | None:
    """A charge does not name its refunds. Accounts of versions before 2024-10-28 say nothing else of them."""
    key = (charge.get("metadata") or {}).get("attempt")
    return SaysMoved(str(key)) if key else None


def _id(named: Any) -> str:
    """The name of a thing that came as its name, or whole."""
    return str(named.get("id", "") if isinstance(named, dict) else named or "")

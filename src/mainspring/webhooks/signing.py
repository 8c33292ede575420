"""The signature of what we send: HMAC-SHA256 over the time and the body, so that neither can be changed or kept.

`Mainspring-Signature: t=1795600000,v1=5257a8…` — a receiver computes HMAC-SHA256(secret, "1795600000." + body) in hex,
compares it in constant time with each `v1`, and refuses what is older than five minutes. While a secret is changed,
there is a `v1` of either.
"""

import hashlib
import hmac
from collections.abc import Iterable

HEADER = "Mainspring-Signature"
TOLERANCE = 300
"""Seconds after which a receiver should refuse."""


def signature(body: bytes, secrets: Iterable[str], *, at: int) -> str:
    told = f"{at}.".encode() + body
    marks = [hmac.new(secret.encode(), told, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


def is_signed(header: str, body: bytes, secret: str, *, now: float, tolerance: int = TOLERANCE) -> bool:
    """How a receiver checks it: the sample of our documentation."""
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _equals, value in parts if name == "t" and value.isdecimal()]
    marks = [value for name, _equals, value in parts if name == "v1"]
    if len(times) != 1 or abs(now - int(times[0])) > tolerance:
        return False
    expected = hmac.new(secret.encode(), f"{times[0]}.".encode() + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected, mark) for mark in marks)

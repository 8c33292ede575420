"""Codes by time: RFC 6238, from what an authenticator app would scan or what a person would type into it."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

ALGORITHMS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
SHORTEST = 5
"""Bytes. RFC 4226 wants 16; some routers give 10."""


class NoSeed(ValueError):
    """It is no seed of codes. The text says why, and nothing of what was typed."""


@dataclass(frozen=True)
class Code:
    """A code and for how many seconds from now on it is the right one: from `begins` until `ends`."""

    digits: str = field(repr=False)
    begins: int
    ends: int


@dataclass(frozen=True)
class Seed:
    """What the codes are made from."""

    key: bytes = field(repr=False)
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"

    @classmethod
    @sensitive_variables()
    def read(cls, text: str) -> "Seed":
        """An `otpauth://totp/…` address, or the letters under a QR code. Raises NoSeed."""
        text = text.strip()
        if not text.lower().startswith("otpauth:"):
            return cls(_key(text))
        try:
            parts = urlsplit(text)
            told = {name.lower(): values[-1] for name, values in parse_qs(parts.query).items()}
            digits, period = int(told.get("digits", "6")), int(told.get("period", "30"))
        except ValueError:
            raise NoSeed(_("That is no address of an authenticator app.")) from None
        algorithm = told.get("algorithm", "SHA1").upper().replace("-", "")
        if parts.netloc.lower() != "totp":
            raise NoSeed(_("Only codes by time work here: otpauth://totp/…"))
        elif digits not in (6, 7, 8) or not 5 <= period <= 300 or algorithm not in ALGORITHMS:
            raise NoSeed(_("Codes of six to eight digits by SHA-1, SHA-256 or SHA-512 work here."))
        return cls(_key(told.get("secret", "")), digits, period, algorithm)

    @property
    def address(self) -> str:
        """The one form in which it is kept."""
        letters = base64.b32encode(self.key).decode().rstrip("=")
        told = {"secret": letters, "algorithm": self.algorithm, "digits": self.digits, "period": self.period}
        return f"otpauth://totp/Mainspring?{urlencode(told)}"

    def at(self, second: int) -> str:
        """The code of this moment, in seconds since 1970."""
        counter = (second // self.period).to_bytes(8, "big")
        mac = hmac.new(self.key, counter, ALGORITHMS[self.algorithm]).digest()
        place = mac[-1] & 15
        number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFFFFFF
        return str(number % 10**self.digits).zfill(self.digits)

    def codes(self, now: int, *, seconds: int) -> list[Code]:
        """The codes of the next seconds, so that a page can go on without asking, and without the seed."""
        first = now - now % self.period
        starts = range(first, now + seconds, self.period)
        return [Code(self.at(start), start - now, start - now + self.period) for start in starts]


@sensitive_variables()
def _key(text: str) -> bytes:
    letters = "".join(text.split()).replace("-", "").upper().rstrip("=")
    try:
        key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        raise NoSeed(_("A seed has the letters A to Z and the digits 2 to 7.")) from None
    if len(key) < SHORTEST:
        raise NoSeed(_("That seed is too short."))
    return key

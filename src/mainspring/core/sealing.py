"""Sealing of small secrets: AES-256-GCM under a key from the secret key, bound to its place by associated data."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class Broken(Exception):
    """The sealed bytes were changed, moved to another place, or sealed under another key."""


def _key() -> bytes:
    return hashlib.sha256(b"mainspring sealing\0" + settings.SECRET_KEY.encode()).digest()


def seal(secret: str, *, context: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), context.encode())


def unseal(sealed: bytes, *, context: str) -> str:
    """The secret; raises Broken when the bytes or their context are not the ones that were sealed."""
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode()).decode()
    except InvalidTag as error:
        raise Broken(context) from error

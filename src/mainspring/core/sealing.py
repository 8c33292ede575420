"""Sealing: AES-256-GCM, bound to its place by associated data. The house's only one.

`seal` and `unseal` are for the installation's own small secrets (the password of a mailbox, a second factor), under a
key from the secret key. `lock` and `unlock` take the key: the vault's come from the keyring (vault/envelope.py).
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

NONCE, TAG = 12, 16


class Broken(Exception):
    """The sealed bytes were changed, moved to another place, or sealed under another key."""


@sensitive_variables()
def lock(key: bytes, plain: bytes, context: bytes) -> bytes:
    """The bytes locked under 32 bytes of key, to be opened in the same context only."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


@sensitive_variables()
def unlock(key: bytes, locked: bytes, context: bytes) -> bytes:
    """What was locked. Raises Broken when the key, the bytes or the context are not the ones of then."""
    if len(locked) < NONCE + TAG:
        raise Broken(context.decode(errors="replace"))
    try:
        return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], context)
    except InvalidTag as error:
        raise Broken(context.decode(errors="replace")) from error


@sensitive_variables()
def seal(secret: str, *, context: str) -> bytes:
    return lock(_key(), secret.encode(), context.encode())


@sensitive_variables()
def unseal(sealed: bytes, *, context: str) -> str:
    """The secret; raises Broken when the bytes or their context are not the ones that were sealed."""
    return unlock(_key(), sealed, context.encode()).decode()


def _key() -> bytes:
    return hashlib.sha256(b"mainspring sealing\0" + settings.SECRET_KEY.encode()).digest()

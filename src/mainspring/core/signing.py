"""Signatures that others can check: Ed25519 (RFC 8032) under a key from the secret key."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def sign_document(document: Mapping[str, Any], *, purpose: str) -> dict[str, Any]:
    """The document with `key` and `signature`, over everything else in it."""
    key = _private(settings.SECRET_KEY, purpose)
    signed = {**document, "key": _public(key)}
    return {**signed, "signature": base64.b64encode(key.sign(_canonical(signed))).decode()}


def is_intact(document: Mapping[str, Any]) -> bool:
    """Whether the document is as whoever has its `key` signed it. Whose key it is, is another question."""
    signed = {name: value for name, value in document.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(str(document.get("key")), validate=True))
        key.verify(base64.b64decode(str(document.get("signature")), validate=True), _canonical(signed))
    except (ValueError, InvalidSignature):
        return False
    return True


def is_ours(document: Mapping[str, Any], *, purpose: str) -> bool:
    """Whether it is signed under our key, or one we had before."""
    return is_intact(document) and document["key"] in our_keys(purpose)


def our_keys(purpose: str) -> list[str]:
    """The public keys under which we sign, and did before; the present one first."""
    return [_public(_private(secret, purpose)) for secret in _secrets()]


def fingerprint(key: str) -> str:
    """A public key as people compare it: `4f1a 09c2 77d0 …`."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def _secrets() -> Iterable[str]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _private(secret: str, purpose: str) -> Ed25519PrivateKey:
    seed = hashlib.sha256(f"mainspring signing {purpose}\0{secret}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

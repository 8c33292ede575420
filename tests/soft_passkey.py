"""A passkey in software: answers what a page asks of the browser, so that tests need none."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


class SoftPasskey:
    """One key pair, of one person, for one relying party."""

    def __init__(self, *, rp_id: str = "localhost", origin: str = "http://localhost") -> None:
        self.rp_id, self.origin = rp_id, origin
        self.id = os.urandom(32)
        self.user = b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`, as the page posts it."""
        asked = options["publicKey"]
        self.user = asked["user"]["id"].encode()
        public = ES256.from_cryptography_key(self._key.public_key())
        attested = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(self._rp_hash, PRESENT | VERIFIED | ATTESTED, 0, attested)
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._said("webauthn.create", asked["challenge"])),
                "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
            }
        )

    def get(self, options: dict[str, Any], *, flags: AuthenticatorData.FLAG = PRESENT | VERIFIED) -> str:
        """The answer to `navigator.credentials.get`."""
        said = self._said("webauthn.get", options["publicKey"]["challenge"])
        data = AuthenticatorData.create(self._rp_hash, flags, 1)
        signature = self._key.sign(bytes(data) + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(said),
                "authenticatorData": websafe_encode(bytes(data)),
                "signature": websafe_encode(signature),
                "userHandle": self.user.decode(),
            }
        )

    @property
    def _rp_hash(self) -> bytes:
        return sha256(self.rp_id.encode()).digest()

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )

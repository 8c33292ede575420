"""The sealed stream of an archive: frames of AES-256-GCM, each bound to its place and the last one to the end.

As in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), which age and Tink use too: a key of its own
for each archive (HKDF over a random salt), the frame's number and whether it is the last in the nonce, the header as
associated data. So a flipped bit, a frame that is cut, doubled, moved or taken from another archive, a cut end and an
appended one are all found before a byte of that frame is believed. Memory does not grow with the archive.
"""

import hashlib
import json
import os
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from mainspring.core.keyring import MasterKey, NoKey, derive, keyring

MAGIC = b"mainspring backup\n"
FORMAT = 1
FRAME = 256 * 1024
TAG = 16
LONGEST_HEADER = 4096


class Unfit(Exception):
    """The archive is not one that we restore; the text says why, and what to do, in plain words."""


class Sealer:
    """Writes the stream. Nothing is an archive before `close`."""

    def __init__(self, out: IO[bytes], key: MasterKey) -> None:
        salt = os.urandom(32)
        told = json.dumps({"format": FORMAT, "key": key.id, "salt": salt.hex()}).encode()
        header = MAGIC + len(told).to_bytes(4, "big") + told
        self._out, self._key, self._header = out, _key_of(key, salt), hashlib.sha256(header).digest()
        self._waiting, self._number = bytearray(), 0
        self.digest, self.size = hashlib.sha256(), 0
        self._put(header)

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > FRAME:  # the last frame is never empty, but for an empty stream
            self._frame(bytes(self._waiting[:FRAME]), is_last=False)
            del self._waiting[:FRAME]
        return len(content)

    def close(self) -> None:
        self._frame(bytes(self._waiting), is_last=True)

    def _frame(self, plain: bytes, *, is_last: bool) -> None:
        self._put(self._key.encrypt(_nonce(self._number, is_last), plain, self._header))
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._out.write(content)
        self.digest.update(content)
        self.size += len(content)


class Opener:
    """Reads the stream. Raises Unfit, or NoKey when the archive's key is not on our keyring."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        header, told = _read_header(source)
        try:
            key = keyring().get(str(told["key"]))
            self._key = _key_of(key, bytes.fromhex(told["salt"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(_("its head makes no sense")) from error
        self._header = hashlib.sha256(header).digest()
        self._number, self._ready, self._is_over = 0, b"", False
        self._ahead = source.read(FRAME + TAG)

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end; all that is left without a size."""
        parts, wanted = [], size
        while not (self._is_over and not self._ready) and wanted:
            if not self._ready:
                self._ready = self._next()
            part = self._ready if wanted < 0 else self._ready[:wanted]
            self._ready = self._ready[len(part) :]
            wanted -= len(part) if wanted > 0 else 0
            parts.append(part)
        return b"".join(parts)

    def _next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._source.read(FRAME + TAG)
        is_last = not self._ahead
        try:
            plain = self._key.decrypt(_nonce(self._number, is_last), sealed, self._header)
        except InvalidTag:
            raise self._why(sealed, is_last) from None
        self._number += 1
        self._is_over = is_last
        return plain

    def _why(self, sealed: bytes, is_last: bool) -> Unfit:
        """What is wrong with a frame that does not open: the end that is none, or the bytes."""
        try:
            self._key.decrypt(_nonce(self._number, not is_last), sealed, self._header)
        except InvalidTag:
            place = len(MAGIC) + self._number * (FRAME + TAG)
            return _damaged(_("its bytes around %(place)d are not those that were written") % {"place": place})
        return _damaged(_("its end is missing") if is_last else _("something was appended to it"))


def _read_header(source: IO[bytes]) -> tuple[bytes, dict[str, Any]]:
    start = source.read(len(MAGIC) + 4)
    if not start.startswith(MAGIC):
        raise Unfit(_("This is no backup of Mainspring. Choose a file whose name ends in .backup."))
    length = int.from_bytes(start[len(MAGIC) :], "big")
    told = source.read(min(length, LONGEST_HEADER))
    try:
        header = json.loads(told)
        form = int(header["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(_("its head makes no sense")) from error
    if form > FORMAT:
        raise Unfit(_("A newer version of Mainspring made this archive. Install that version, then restore it there."))
    return start + told, header


def _key_of(key: MasterKey, salt: bytes) -> AESGCM:
    made = HKDF(SHA256(), 32, salt=salt, info=b"mainspring archive 1").derive(derive(key, "backup"))
    return AESGCM(made)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _damaged(why: str) -> Unfit:
    says = _("This archive is damaged: %(why)s. Nothing was changed. Take another one.")
    return Unfit(says % {"why": why})


__all__ = ["FORMAT", "FRAME", "MAGIC", "TAG", "NoKey", "Opener", "Sealer", "Unfit"]

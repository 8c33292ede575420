"""The house's one keyring: the master keys under which the vault and the backups lock what is worth stealing.

A key is a line, `id key`: 32 random bytes in base64, and an id that is made from them, so that a damaged or mistyped
key is known as one before anything is locked under it. The last line is the current key; the older ones only open. The
lines come from a file (`<data>/master.key`), from the environment or from a command that prints them, never from the
database: whoever steals the database or a backup has none.

There is no way round: without a key everything that asks for one raises `NoKey`, which says in plain words what to do.
"""

import base64
import binascii
import hashlib
import os
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

LENGTH = 32
ID_LENGTH = 16
COMMAND_SECONDS = 20
COMMAND_KEPT = 300
"""For how many seconds the answer of the command is good: a key that is added is known without a new start."""


class NoKey(Exception):
    """There is no key, or not the one that is asked for. The text says what is wrong and what to do about it."""


@dataclass(frozen=True)
class MasterKey:
    """One master key. Its secret is shown by no `repr` and is used only through `derive`."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def make(cls) -> "MasterKey":
        return cls.of(os.urandom(LENGTH))

    @classmethod
    @sensitive_variables()
    def of(cls, secret: bytes) -> "MasterKey":
        return cls(hashlib.sha256(b"mainspring master key\0" + secret).hexdigest()[:ID_LENGTH], secret)

    @property
    def line(self) -> str:
        """The key as the file keeps it."""
        return f"{self.id} {base64.b64encode(self.secret).decode()}"


@dataclass(frozen=True)
class Keyring:
    """All master keys there are, the oldest first. At least one."""

    keys: tuple[MasterKey, ...] = field(repr=False)

    @property
    def current(self) -> MasterKey:
        """The key that locks what is new."""
        return self.keys[-1]

    def get(self, key_id: str) -> MasterKey:
        """The key of this id. Raises NoKey."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise NoKey(
            _("This was locked under the master key %(id)s, which is not here. Put its line back into %(place)s.")
            % {"id": key_id, "place": place()}
        )

    @property
    def ids(self) -> list[str]:
        return [key.id for key in self.keys]


def keyring() -> Keyring:
    """The master keys, as they are at this moment. Raises NoKey when there is none, or one of them is damaged."""
    global _known
    state = _state()
    if _known is None or _known[0] != state:
        _known = (state, _read(_text()))
    return _known[1]


@sensitive_variables()
def derive(key: MasterKey, purpose: str) -> bytes:
    """32 bytes for one purpose (`vault`, `backup`): HKDF-SHA256, RFC 5869. Other purposes learn nothing from them."""
    return HKDF(SHA256(), LENGTH, salt=None, info=f"mainspring {purpose}".encode()).derive(key.secret)


def place() -> str:
    """Where the keys come from, in words for a sentence."""
    if settings.MASTER_KEY:
        return "MASTER_KEY"
    elif settings.MASTER_KEY_COMMAND:
        return "MASTER_KEY_COMMAND"
    else:
        return str(key_file())


def key_file() -> Path:
    return Path(settings.MASTER_KEY_FILE or settings.DATA / "master.key")


def is_by_file() -> bool:
    """Whether the keys are in a file of ours, to which a key can be added."""
    return not (settings.MASTER_KEY or settings.MASTER_KEY_COMMAND)


def make_first() -> bool:
    """Write the first key, when a shop is set up and nobody has given one. Never touches a file that is there."""
    if not is_by_file() or key_file().exists():
        return False
    key_file().parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(key_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # somebody was quicker, and his stays
        return False
    _fill(handle, [MasterKey.make()])
    _settle(key_file().parent)
    return True


def add(key: MasterKey) -> None:
    """From now on this is the current key; the others stay. Only where the keys are in a file."""
    _write([*keyring().keys, key])


def drop(key_id: str) -> None:
    """The key is gone from the file: what was locked under it, and was not locked anew, opens never again."""
    kept = [key for key in keyring().keys if key.id != key_id]
    if not kept:
        raise NoKey(_("This is the only master key; it can't go."))
    _write(kept)


_known: tuple[object, Keyring] | None = None


def _state() -> object:
    """Changes when the keys may have changed: reading them anew is for then."""
    if settings.MASTER_KEY:
        return hashlib.sha256(settings.MASTER_KEY.encode()).digest()
    elif settings.MASTER_KEY_COMMAND:
        return settings.MASTER_KEY_COMMAND, int(time.monotonic() // COMMAND_KEPT)
    try:
        seen = key_file().stat()
    except OSError:
        return str(key_file())
    return str(key_file()), seen.st_ino, seen.st_mtime_ns, seen.st_size


@sensitive_variables()
def _text() -> str:
    if settings.MASTER_KEY and settings.MASTER_KEY_COMMAND:
        raise NoKey(_("MASTER_KEY and MASTER_KEY_COMMAND are both set: take one of them away."))
    elif settings.MASTER_KEY:
        return settings.MASTER_KEY
    elif settings.MASTER_KEY_COMMAND:
        return _printed(settings.MASTER_KEY_COMMAND)
    try:
        return key_file().read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        says = _(
            "There is no master key at %(place)s. Put the file back from where you keep it; for a shop that never "
            "had one, run: mainspring vault key"
        )
        raise NoKey(says % {"place": key_file()}) from None
    except (OSError, UnicodeDecodeError) as error:
        says = _("The master key at %(place)s can't be read: %(why)s")
        raise NoKey(says % {"place": key_file(), "why": _why(error)}) from None


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "?") if isinstance(error, OSError) else _("it is no text.")


@sensitive_variables()
def _printed(command: str) -> str:
    """What the command prints. What it says on the way is not repeated: it may be the key."""
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=COMMAND_SECONDS, check=True)  # noqa: S603
        return done.stdout.decode()
    except subprocess.CalledProcessError as error:
        why = _("it ended with the code %(code)s.") % {"code": error.returncode}
    except subprocess.TimeoutExpired:
        why = _("it did not answer in %(seconds)s seconds.") % {"seconds": COMMAND_SECONDS}
    except (OSError, ValueError) as error:
        why = type(error).__name__
    raise NoKey(_("MASTER_KEY_COMMAND gives no key: %(why)s") % {"why": why})


@sensitive_variables()
def _read(text: str) -> Keyring:
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    keys = [_key(at, words) for at, words in enumerate(lines, 1) if words]
    if not keys:
        raise NoKey(_("There is no master key in %(place)s: it is empty.") % {"place": place()})
    elif len({key.id for key in keys}) < len(keys):
        raise NoKey(_("A master key stands twice in %(place)s.") % {"place": place()})
    return Keyring(tuple(keys))


@sensitive_variables()
def _key(at: int, words: list[str]) -> MasterKey:
    said = {"line": at, "place": place()}
    try:
        key_id, coded = words
        secret = base64.b64decode(coded, validate=True)
    except (ValueError, binascii.Error):
        raise NoKey(_("Line %(line)s of %(place)s is no master key: an id and a key belong there.") % said) from None
    key = MasterKey.of(secret)
    if len(secret) != LENGTH:
        says = _("The master key in line %(line)s of %(place)s has %(bytes)s bytes; 32 are needed.")
        raise NoKey(says % {**said, "bytes": len(secret)})
    elif key.id != key_id:
        raise NoKey(_("The master key in line %(line)s of %(place)s is damaged: it does not go with its id.") % said)
    return key


@sensitive_variables()
def _write(keys: list[MasterKey]) -> None:
    """The file anew, ours alone to read, whole or not at all."""
    path = key_file()
    handle, name = tempfile.mkstemp(prefix=".master", dir=path.parent)  # with 0600
    try:
        _fill(handle, keys)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(path.parent)


@sensitive_variables()
def _fill(handle: int, keys: list[MasterKey]) -> None:
    with os.fdopen(handle, "w") as file:
        file.write("".join(f"{key.line}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """The new name of a file is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

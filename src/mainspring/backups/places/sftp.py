"""A server by SFTP: a NAS, a rented storage box, any machine with an SSH server."""

import base64
import hashlib
import io
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mainspring.backups.places.base import SUFFIX, Kept, Place, Unreachable, places
from mainspring.core.network import connect

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, Transport

SECONDS = 20.0
PORT = 22


class OtherKey(Unreachable):
    """The server shows another key than the one that was noted: another machine may stand in its place."""


@places.add
class Server(Place):
    """By the `paramiko` library. The server's key is noted when the place is set up, and must stay the same."""

    name = "sftp"

    @property
    def address(self) -> str:
        return f"sftp://{self.spot.login}@{self.spot.host}:{self.spot.port or PORT}/{self.spot.folder.lstrip('/')}"

    def put(self, path: Path, name: str) -> None:
        with self._plainly() as server:
            draft = self._at(f".{name}.part")
            try:
                server.put(str(path), draft, confirm=True)
                server.posix_rename(draft, self._at(name))
            except BaseException:
                with suppress(OSError):
                    server.remove(draft)
                raise

    def kept(self) -> list[Kept]:
        with self._plainly() as server:
            found = server.listdir_attr(self.spot.folder or ".")
        files = [one for one in found if stat.S_ISREG(one.st_mode or 0) and one.filename.endswith(SUFFIX)]
        return sorted((Kept(one.filename, one.st_size or 0) for one in files), key=lambda one: one.name)

    def fetch(self, name: str, into: Path) -> None:
        with self._plainly() as server:
            server.get(self._at(name), str(into))

    def remove(self, name: str) -> None:
        with self._plainly() as server, suppress(FileNotFoundError):
            server.remove(self._at(name))

    def shown_key(self) -> str:
        """The key that the server shows now, as `SHA256:…`; nothing is sent to it."""
        with self._line() as line:
            return fingerprint(line)

    def _at(self, name: str) -> str:
        return f"{self.spot.folder.rstrip('/')}/{name}" if self.spot.folder else name

    @contextmanager
    def _plainly(self) -> Iterator["SFTPClient"]:
        with self._line() as line:
            if fingerprint(line) != self.spot.host_key:
                says = _("%(host)s shows the key %(shown)s, and %(noted)s was noted. Nothing was sent to it.")
                told = {"host": self.spot.host, "shown": fingerprint(line), "noted": self.spot.host_key or _("none")}
                raise OtherKey(says % told)
            key = _private_key(self.spot.secret)
            if key is None:
                line.auth_password(self.spot.login, self.spot.secret)
            else:
                line.auth_publickey(self.spot.login, key)
            from paramiko import SFTPClient

            client = SFTPClient.from_transport(line)
            assert client is not None
            with closing(client):
                yield client

    @contextmanager
    def _line(self) -> Iterator["Transport"]:
        try:
            from paramiko import Transport
            from paramiko.ssh_exception import SSHException
        except ImportError as error:
            raise Unreachable(_("SFTP needs one more package. Run: pip install 'mainspring[sftp]'")) from error
        try:
            wire = connect(self.spot.host, self.spot.port or PORT, timeout=SECONDS)
            with closing(wire), closing(Transport(wire)) as line:
                line.start_client(timeout=SECONDS)
                yield line
        except (SSHException, OSError, EOFError, ValueError) as error:
            says = _("%(host)s can't be used: %(why)s")
            raise Unreachable(says % {"host": self.spot.host, "why": str(error) or type(error).__name__}) from error


def fingerprint(line: "Transport") -> str:
    """As `ssh-keygen -lf` prints it."""
    shown = hashlib.sha256(line.get_remote_server_key().asbytes()).digest()
    return f"SHA256:{base64.b64encode(shown).decode().rstrip('=')}"


def _private_key(secret: str) -> "PKey | None":
    """The key that was pasted instead of a password."""
    if "PRIVATE KEY" not in secret:
        return None
    from paramiko import ECDSAKey, Ed25519Key, RSAKey
    from paramiko.ssh_exception import SSHException

    for kind in (Ed25519Key, RSAKey, ECDSAKey):
        with suppress(SSHException, ValueError):
            return kind.from_private_key(io.StringIO(secret))
    raise Unreachable(_("This private key can't be read. Paste it whole, without a passphrase."))

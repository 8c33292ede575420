"""Posting to an address that somebody typed: to the public internet alone, without redirects, within a time."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from mainspring.core.network import Inside, connect

FAULTS = (OSError, http.client.HTTPException, UnicodeError)
WEB_PORTS = (80, 443)
FIRST_FREE_PORT = 1024
"""Below it other services than the web's listen."""


class NoAddress(ValueError):
    """It is no address that we post to; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """What a server answered, as far as we read."""

    status: int
    body: bytes


def read_address(url: str) -> SplitResult:
    """The parts of an address. Raises NoAddress for what we never post to, whatever it leads to."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\"<>'):
        raise NoAddress(_("An address has plain letters and no blanks."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoAddress(_("That is no web address.")) from error
    plain_allowed = bool(settings.ALLOW_PRIVATE)
    if parts.scheme != "https" and not (parts.scheme == "http" and plain_allowed):
        raise NoAddress(_("The address begins with https://."))
    elif not parts.hostname or parts.hostname.startswith(".") or ".." in parts.hostname:
        raise NoAddress(_("That is no web address."))
    elif parts.username is not None or parts.password is not None:
        raise NoAddress(_("No user name or password in the address."))
    elif port is not None and port not in WEB_PORTS and port < FIRST_FREE_PORT:
        raise NoAddress(_("Port %(port)d is not a web server's.") % {"port": port})
    else:
        return parts


class _Plain(http.client.HTTPConnection):
    """A connection that goes only where we may connect, and ends at its time however slowly the other side drips."""

    deadline: threading.Timer | None = None
    line: socket.socket
    """The socket, also after an answer has taken it over."""
    is_late = False

    def connect(self) -> None:
        seconds = float(self.timeout or 10)
        self.sock = self.line = connect(self.host, self.port, timeout=seconds)
        self.deadline = threading.Timer(seconds, self._cut)
        self.deadline.daemon = True
        self.deadline.start()

    def _cut(self) -> None:
        """Hang up: what is being read ends there, and is no answer."""
        self.is_late = True
        try:
            self.line.shutdown(socket.SHUT_RDWR)
        except OSError:
            self.line.close()


class _Tls(_Plain):
    """The same within TLS, for the name that was asked for."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        bare = self.sock
        try:
            self.sock = self.line = ssl.create_default_context().wrap_socket(bare, server_hostname=self.host)
        except BaseException:
            bare.close()
            raise


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most: int) -> Answer:
    """Post, and read at most so many bytes of the answer. A redirect is an answer like another.

    Raises NoAddress, Inside when it leads into a private network, else one of FAULTS.
    """
    parts = read_address(url)
    kind = _Tls if parts.scheme == "https" else _Plain
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        read = answer.read(most)
        if connection.is_late:
            raise TimeoutError
        return Answer(answer.status, read)
    finally:
        if connection.deadline is not None:
            connection.deadline.cancel()
        connection.close()


def explained(error: Exception) -> str:
    """What went wrong, in a sentence for people."""
    if isinstance(error, NoAddress):
        return str(error)
    elif isinstance(error, Inside):
        return _("%(host)s leads into a private network, and nothing is sent there.") % {"host": error.host}
    elif isinstance(error, socket.gaierror | UnicodeError):
        return _("There is no server of that name.")
    elif isinstance(error, ssl.SSLError):
        return _("The server's certificate is not valid: %(why)s") % {"why": error.reason or error}
    elif isinstance(error, TimeoutError | http.client.IncompleteRead | http.client.RemoteDisconnected):
        return _("The server did not answer in time, or hung up.")
    elif isinstance(error, ConnectionError):
        return _("The server refuses connections, or hung up.")
    else:
        why = "".join(sign for sign in f"{type(error).__name__}: {error}"[:200] if sign.isprintable())
        return _("The server's answer can't be read: %(why)s") % {"why": why}

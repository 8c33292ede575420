"""HTTP to places that people type: each connection goes only where we may connect, redirects included.

A session for libraries and pages, pools for a library that brings its own HTTP, and `post` for what is told to others.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError

from mainspring.core.network import Inside, connect

TIMEOUT = 8.0
"""Seconds that somebody waits before a page."""
REDIRECTS = 3
LONG = 300.0
"""Seconds that a server may take over a large file."""
FAULTS = (OSError, HTTPException, HTTPError, UnicodeError)
"""What `post` raises when it can't be posted there."""
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


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def safe_pools() -> PoolManager:
    """Pools for a library that brings its own HTTP; they wait not for ever and try again a few times."""
    pools = PoolManager(timeout=Timeout(connect=TIMEOUT, read=LONG), retries=Retry(total=3, backoff_factor=0.5))
    pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return pools


class SafeAdapter(HTTPAdapter):
    """Connects by `network.connect`: the address that was checked is the one that is used."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class SafeSession(requests.Session):
    """A session that knows no proxy of the environment, waits not for ever and follows few redirects."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = REDIRECTS
        self.mount("http://", SafeAdapter())
        self.mount("https://", SafeAdapter())

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        return super().request(*args, **kwargs)


def safe_session() -> requests.Session:
    return SafeSession()


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


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most: int) -> Answer:
    """Post, and read at most so many bytes of the answer. A redirect is an answer like another.

    Raises NoAddress, Inside when it leads into a private network, else one of FAULTS.
    """
    parts = read_address(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with Call(parts, seconds) as connection:
        connection.request("POST", path, body, dict(headers), preload_content=False, decode_content=False)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(most))


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
    elif isinstance(error, TimeoutError | ProtocolError | ReadTimeoutError):
        return _("The server did not answer in time, or hung up.")
    elif isinstance(error, ConnectionError):
        return _("The server refuses connections, or hung up.")
    else:
        why = "".join(sign for sign in f"{type(error).__name__}: {error}"[:200] if sign.isprintable())
        return _("The server's answer can't be read: %(why)s") % {"why": why}


class _Cut(HTTPConnection):
    """A connection that can be hung up from outside at any moment, in the middle of a handshake or an answer."""

    line: socket.socket | None = None
    """The same line once more: whatever takes the socket over, this one still ends it."""
    is_late = False

    def _new_conn(self) -> socket.socket:
        made = connect(self.host, self.port or 80, timeout=float(self.timeout or TIMEOUT))
        self.line = made.dup()
        if self.is_late:
            made.close()
            raise TimeoutError
        return made

    def cut(self) -> None:
        """Hang up: what is being read ends there, and is no answer."""
        self.is_late = True
        if self.line is not None:
            _hung_up(self.line)


class _TlsCut(_Cut, HTTPSConnection):
    """The same within TLS, for the name that was asked for."""


class Call:
    """One connection from its beginning to its end, which comes at its time however slowly the other side drips."""

    def __init__(self, parts: SplitResult, seconds: float) -> None:
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        if is_tls:
            self.connection: _Cut = _TlsCut(host, port, timeout=seconds, ssl_context=ssl.create_default_context())
        else:
            self.connection = _Cut(host, port, timeout=seconds)
        self.deadline = threading.Timer(seconds, self.connection.cut)
        self.deadline.daemon = True

    def __enter__(self) -> _Cut:
        self.deadline.start()
        return self.connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.deadline.cancel()
        self.connection.close()
        if self.connection.line is not None:
            _hung_up(self.connection.line)
            self.connection.line.close()
        if self.connection.is_late and (error is None or isinstance(error, FAULTS)):
            raise TimeoutError from error


def _hung_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        line.close()


def _opened(connection: HTTPConnection) -> socket.socket:
    try:
        return connect(connection.host, connection.port or 80, timeout=float(connection.timeout or TIMEOUT))
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error

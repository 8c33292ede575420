"""HTTP to places that people type: each connection goes only where we may connect, redirects included."""

import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from mainspring.core.network import connect

TIMEOUT = 8.0
"""Seconds that somebody waits before a page."""
REDIRECTS = 3
LONG = 300.0
"""Seconds that a server may take over a large file."""


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


def _opened(connection: HTTPConnection) -> socket.socket:
    try:
        return connect(connection.host, connection.port or 80, timeout=float(connection.timeout or TIMEOUT))
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error

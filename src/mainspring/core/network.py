"""Connections to places that people type: never into a private network unless this installation allows it."""

import ipaddress
import socket
from typing import Any

from django.conf import settings

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))
"""IPv6 addresses that carry an IPv4 one (RFC 6052, RFC 3056)."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All of the public internet in IPv6; what lies outside is local, wraps IPv4 or is not assigned (RFC 4291, 2.4)."""
_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")
"""For protocols between neighbours (RFC 6890)."""


class Inside(OSError):
    """The place is inside a private network, or no place at all."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host} is {address}, which is not on the public internet")
        self.host, self.address = host, address


def is_reachable(address: str) -> bool:
    """Whether we may connect to this IP address. Metadata services (link-local) never; private ones when allowed."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or any(ip in wrapped for wrapped in _WRAPPED):
        return False
    else:
        return bool(settings.ALLOW_PRIVATE) or _is_public(ip)


def connect(host: str, port: int, *, timeout: float) -> socket.socket:
    """A connection to `host`. The address that was checked is the one that is used: no second lookup can differ.

    Raises Inside when none of its addresses may be reached, else what the last attempt raised (an OSError).
    """
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [place for place in places if is_reachable(str(place[4][0]))]
    if not allowed:
        raise Inside(host, str(places[0][4][0]))
    for turn, (family, kind, protocol, _name, address) in enumerate(allowed[:4], start=1):
        made = socket.socket(family, kind, protocol)
        made.settimeout(timeout)
        try:
            _open(made, address)
        except OSError:
            if turn == len(allowed[:4]):
                raise
        else:
            return made
    raise AssertionError("there is a last attempt")


def _is_public(ip: Ip) -> bool:
    return ip.is_global and (ip in _UNICAST if ip.version == 6 else ip not in _ASSIGNMENTS)


def _open(made: socket.socket, address: Any) -> None:
    try:
        made.connect(address)
    except OSError:
        made.close()
        raise


def _unwrapped(ip: Ip) -> Ip:
    """`::ffff:127.0.0.1` is 127.0.0.1."""
    return (isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped) or ip

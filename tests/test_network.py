"""No way leads inside: 60 spellings of private places, at the one door through which every connection goes."""

import socket
from typing import Any

import pytest

from mainspring.core.network import Inside, connect, is_reachable
from mainspring.inbox.connecting import Place, attempt
from ssrf_targets import LITERALS


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that a socket was asked to connect to."""
    found: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: found.append(address))
    return found


@pytest.mark.parametrize("host", LITERALS)
def test_no_connection_leads_inside(host: str, reached: list[Any]) -> None:
    with pytest.raises((Inside, OSError)):
        connect(host.strip("[]"), 443, timeout=1)
    assert reached == []


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
@pytest.mark.parametrize("host", LITERALS)
def test_no_mailbox_leads_inside(host: str, security: str, reached: list[Any]) -> None:
    tried = attempt(Place(host.strip("[]"), 993, security, "carol", "secret"))
    assert not tried.works and reached == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "8.8.8.8"])
def test_the_public_internet_is_reached(address: str) -> None:
    assert is_reachable(address)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "64:ff9b::a9fe:a9fe", "0.0.0.0", "224.0.0.1"])
def test_not_even_who_allows_private_places_reaches_these(address: str, settings: Any) -> None:
    settings.ALLOW_PRIVATE = True
    assert not is_reachable(address)
    assert is_reachable("10.0.0.1") and is_reachable("127.0.0.1") and is_reachable("fd00::1")

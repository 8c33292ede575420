"""The one way out over HTTP ends at its time, whatever the other side does with the line."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import LazySettings

from mainspring.core.outgoing import FAULTS, explained, post

DRIP = 0.1
LONGEST = 6.0


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of one that talks like this to whoever comes."""
    heard = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            with heard.accept()[0] as line:
                talk(line)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield heard.getsockname()[1]
    finally:
        heard.close()
        thread.join(LONGEST)


def dripping(beginning: bytes) -> Callable[[socket.socket], None]:
    """Says this, then a byte now and then, always in time for who waits for the next byte only."""

    def talk(line: socket.socket) -> None:
        line.sendall(beginning)
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            line.sendall(b"x")
            time.sleep(DRIP)

    return talk


@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [
        ("http", b""),
        ("http", b"HTTP/1.1 200 OK\r\nX-Slow: "),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n"),
        ("https", b"\x16\x03\x03\x3f\xff\x02"),
    ],
)
def test_nobody_holds_the_line_by_dripping(scheme: str, beginning: bytes, settings: LazySettings) -> None:
    """Within the TLS handshake as well."""
    settings.ALLOW_PRIVATE = True
    began = time.monotonic()
    with server(dripping(beginning)) as port, pytest.raises(FAULTS) as refused:
        post(f"{scheme}://127.0.0.1:{port}/hook", b"{}", {}, seconds=0.7, most=4000)
    assert time.monotonic() - began < 3
    assert isinstance(refused.value, TimeoutError)
    assert "in time" in explained(refused.value)


def test_no_more_is_read_than_was_asked_and_a_redirect_is_an_answer(settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE = True
    told = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 9000\r\n\r\n" + b"y" * 9000

    def talk(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(told)

    with server(talk) as port:
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, seconds=3, most=10)
    assert (answer.status, answer.body) == (302, b"y" * 10)

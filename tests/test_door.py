"""The ASGI door: threads that stay from one request to the next."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from mainspring.config import asgi


class Watched(asgi.Door):
    """Answers with the thread it runs on; `/slow` waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.begun = threading.Event(), threading.Semaphore(0)

    def get_response(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/slow":
            self.begun.release()
            assert self.go_on.wait(20)
        return HttpResponse(str(threading.get_ident()))


@pytest.fixture
def door(db: None) -> Iterator[Watched]:
    door = Watched()
    yield door
    door.go_on.set()


def visit(door: Watched, path: str = "/") -> ApplicationCommunicator:
    return ApplicationCommunicator(
        door, {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    )


async def asked(door: Watched, path: str = "/") -> str:
    visitor = visit(door, path)
    await visitor.send_input({"type": "http.request"})
    assert (await visitor.receive_output(20))["status"] == 200
    body: bytes = (await visitor.receive_output(20))["body"]
    await visitor.wait(20)
    return body.decode()


def test_the_next_request_finds_the_thread_of_the_one_before(door: Watched) -> None:
    async def three() -> set[str]:
        seen = set()
        for _ in range(3):
            seen.add(await asked(door))
        return seen

    assert len(asyncio.run(three())) == 1


def test_requests_at_once_have_a_thread_each(door: Watched) -> None:
    async def two() -> tuple[str, str]:
        slow = asyncio.create_task(asked(door, "/slow"))
        await asyncio.to_thread(door.begun.acquire, timeout=20)
        quick = await asked(door)
        door.go_on.set()
        return await slow, quick

    slow, quick = asyncio.run(two())
    assert slow != quick


def test_nobody_waits_behind_a_view_whose_reader_left(door: Watched) -> None:
    async def one_leaves() -> tuple[int, int]:
        visitor = visit(door, "/slow")
        await visitor.send_input({"type": "http.request"})
        await asyncio.to_thread(door.begun.acquire, timeout=20)
        await visitor.send_input({"type": "http.disconnect"})
        await asked(door)
        free = len(door.idle)
        door.go_on.set()
        await visitor.wait(20)
        return free, len(door.idle)

    assert asyncio.run(one_leaves()) == (1, 2), "the thread of the slow view is free only once the view has ended"


def test_only_so_many_threads_stay(door: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "KEPT", 2)

    async def many() -> None:
        slow = [asyncio.create_task(asked(door, "/slow")) for _ in range(5)]
        for _ in slow:
            await asyncio.to_thread(door.begun.acquire, timeout=20)
        door.go_on.set()
        assert len({await one for one in slow}) == 5
        assert len(door.idle) == 2

    asyncio.run(many())


def test_an_answer_is_read_piece_by_piece_as_it_is_sent(door: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []

    def pieces() -> Iterator[bytes]:
        for piece in "abc":
            log.append(f"read {piece}")
            yield piece.encode()

    asked = [{"type": "http.request"}]

    async def receive() -> dict[str, str]:
        return asked.pop() if asked else await asyncio.Future()

    async def send(said: dict[str, bytes]) -> None:
        if piece := said.get("body"):
            log.append(f"sent {piece.decode()}")

    monkeypatch.setattr(door, "get_response", lambda _request: StreamingHttpResponse(pieces()))
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(door(scope, receive, send))
    assert log == ["read a", "sent a", "read b", "sent b", "read c", "sent c"]

"""The ASGI door: what uvicorn serves."""

import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

KEPT = 16
"""Threads that wait for the next request; more run when more is asked at once, and end after it."""


class Door(ASGIHandler):
    """Django's handler with threads that stay: a connection to the database lasts, and a page is one visit to a thread.

    Django's own starts a thread and connects for each request, and goes to it and back once a layer of middleware. Our
    views and middleware are plain functions, so the whole way from the first layer to the answer runs in one go. An
    answer that streams from an async iterator is still sent by the event loop, one from a file is read piece by piece.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self.idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Only HTTP is served here, not {scope['type']}.")
        thread = self.idle.pop() if self.idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="page")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            self.rest(thread)

    def rest(self, thread: ThreadPoolExecutor) -> None:
        """The thread is free: Django sees a request to its end on it, also when the reader left."""
        if len(self.idle) < KEPT:
            self.idle.append(thread)
        else:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        response._handler_class = type(self)  # type: ignore[attr-defined]
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = by_pieces(iter(response))
        return response


async def by_pieces(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece read when it is sent, on the request's own thread. Django reads all of them first: a whole file."""
    while piece := await sync_to_async(lambda: next(pieces, b""))():
        yield piece


django.setup(set_prefix=False)
application = Door()

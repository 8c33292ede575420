"""From where an act came: the network address of the request, or the task that runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    return _origin.get()


@contextmanager
def acting_from(origin: str) -> Iterator[None]:
    token = _origin.set(origin[:60])
    try:
        yield
    finally:
        _origin.reset(token)


def client_address(request: HttpRequest) -> str:
    """The visitor's address; the last one a trusted proxy added when we stand behind one."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR") or "")


def remember_origin(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        with acting_from(client_address(request)):
            return get_response(request)

    return middleware

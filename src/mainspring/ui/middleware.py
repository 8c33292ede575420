"""What goes with every answer: the rules for the browser, and the reader's zone and language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone, translation

from mainspring.ui.pages import refuse

Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

DEFAULTS = {
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(self), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OF_BROWSERS = ("GET", "HEAD", "POST")
"""How people come to a page; a program that asks by another method reads the status."""


def policy(**loosened: str) -> str:
    """The Content-Security-Policy, with directives replaced: `policy(frame_ancestors="'self'")`."""
    rules = CONTENT_SECURITY_POLICY | {name.replace("_", "-"): value for name, value in loosened.items()}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def security_headers(get_response: Answer) -> Answer:
    """Nothing inline, nothing from elsewhere, nothing kept. A view that set one of the headers itself keeps its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.method in OF_BROWSERS:
            allowed = response.headers["Allow"]
            response = refuse(request, status=405)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Security-Policy", policy())
        for name, value in DEFAULTS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def speak_to_person(get_response: Answer) -> Answer:
    """Times in the person's zone, words in his language unless the browser was switched to another one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return get_response(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(request.user.time_zone):
            return get_response(request)

    return middleware

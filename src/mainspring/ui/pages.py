"""How a view answers: a page, a fragment, a redirect, a word about what happened. The same for htmx and plain browsers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from mainspring.core.shop import Shop
from mainspring.ui.context import Toast


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page."""
    return HttpResponse(render_to_string(template, context, request), status=status)


def public_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page for a customer: times in the zone of the shop, never kept by a cache, never indexed."""
    with timezone.override(Shop.get().time_zone):
        response = page(request, template, status=status, **context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def fragment(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page that htmx puts in its place, and with it whatever there is to say."""
    drawn = render_to_string(template, context, request)
    return HttpResponse(drawn + spoken(request), status=status)


def said(request: HttpRequest) -> HttpResponse:
    """Nothing to put in place: only the toasts. For `hx-swap="none"`."""
    return HttpResponse(spoken(request))


def spoken(request: HttpRequest) -> str:
    """The waiting toasts as an out-of-band swap; empty when there are none."""
    toasts = [Toast.of(message) for message in messages.get_messages(request)]
    return render_to_string("ui/_spoken.html", {"toasts": toasts}, request) if toasts else ""


def toast(request: HttpRequest, text: str, undo_url: str | None = None) -> None:
    """Say what happened, with an Undo for ten seconds when `undo_url` takes it back (by POST)."""
    messages.success(request, text, extra_tags=undo_url or "")


def complain(request: HttpRequest, text: str) -> None:
    """Say what did not happen."""
    messages.error(request, text)


def see_other(request: HttpRequest, url: Any) -> HttpResponse:
    """Go on to another page. `url` is a path, a route's name or a thing with `get_absolute_url`.

    htmx follows plain redirects by itself and would put the page into the target: it is told to leave for it instead.
    """
    target = resolve_url(url)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": target})
    else:
        return HttpResponseRedirect(target, status=303)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; then answer with `fragment`."""
    return is_htmx(request) and request.headers.get("HX-Request-Type", "partial") == "partial"

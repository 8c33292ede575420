"""Pages of the frame itself: language, theme, the shop's colour, and the pattern page."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from mainspring.core.shop import Shop
from mainspring.ui import patterns
from mainspring.ui.context import THEMES
from mainspring.ui.languages import languages
from mainspring.ui.pages import fragment, page, see_other

A_YEAR = 60 * 60 * 24 * 365
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Another language or theme for this browser; then back to the page."""
    response = see_other(request, _back(request))
    if request.POST.get("language") in languages():
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=A_YEAR, samesite="Lax")
    if request.POST.get("theme") in THEMES:
        response.set_cookie("theme", request.POST["theme"], max_age=A_YEAR, samesite="Lax")
    return response


@require_GET
def brand(request: HttpRequest) -> HttpResponse:
    """The shop's colour as a stylesheet, for the pages that customers see."""
    colour = Shop.get().colour
    rule = f":root{{--accent-brand:{colour}}}" if COLOUR.fullmatch(colour) else ""
    return HttpResponse(rule, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


@require_GET
def pattern_page(request: HttpRequest, surface: str = "desk") -> HttpResponse:
    """Every component in every state, on the frame of a surface. For those who build pages; not in production."""
    if not settings.PATTERNS or surface not in patterns.SURFACES:
        raise Http404
    return page(request, f"ui/patterns/{surface}.html", **patterns.context())


@require_GET
def pattern_options(request: HttpRequest) -> HttpResponse:
    """What the pattern page's combobox finds: people by a part of their name."""
    if not settings.PATTERNS:
        raise Http404
    words = request.GET.get("q", "").lower()
    found = [name for name in patterns.CALLERS if words in name.lower()]
    return fragment(request, "ui/patterns/options.html", names=found)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.headers.get("Referer") or "/"
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and "/" in wanted else "/"

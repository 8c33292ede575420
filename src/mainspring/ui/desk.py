"""Pages of the frame itself: language, theme, the palette, the shop's colour, and the pattern page."""

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from mainspring.core.shop import Shop
from mainspring.ui import patterns, slots
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
def palette(request: HttpRequest) -> HttpResponse:
    """What the palette offers for the words typed so far."""
    person: Any = request.user
    if not person.is_authenticated:
        raise Http404
    words = request.GET.get("q", "").strip()
    acts = [act for offered in slots.palette.fill(person, words) for act in offered]
    return fragment(request, "ui/_palette.html", acts=[*_places(person, words), *acts], words=words)


@require_GET
def brand(request: HttpRequest) -> HttpResponse:
    """The shop's colour as a stylesheet, for the pages that customers see."""
    colour = Shop.get().colour
    rule = f":root{{--accent-brand:{colour}}}" if COLOUR.fullmatch(colour) else ""
    return HttpResponse(rule, content_type="text/css", headers={"Cache-Control": "public, max-age=300"})


@require_GET
def pattern_page(request: HttpRequest, surface: str = "desk") -> HttpResponse:
    """Every component in every state, on the frame of a surface. For those who build pages; not in production."""
    if not settings.DEBUG or surface not in patterns.SURFACES:
        raise Http404
    return page(request, f"ui/patterns/{surface}.html", **patterns.context())


def _places(person: Any, words: str) -> list[slots.Act]:
    entries = slots.navigation.fill(person)
    pages = [slots.Act(entry.label, entry.url, entry.icon, key=f"g {entry.key}") for entry in entries]
    pages += [slots.Act(found.label, found.url, found.icon) for found in slots.settings_pages.fill(person) if words]
    return [act for act in pages if words.lower() in str(act.label).lower()]


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.headers.get("Referer") or "/"
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"

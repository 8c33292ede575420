"""Every route of the four surfaces, on one host name under paths."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def routes(surface: str) -> list[URLPattern | URLResolver]:
    """What every module's `urls.py` brings to a surface: its `desk_urls`, `public_urls` …"""
    found: list[URLPattern | URLResolver] = []
    for name in settings.MODULES:
        module = f"mainspring.{name}.urls"
        if find_spec(module) is not None:
            found += getattr(import_module(module), surface, [])
    return found


urlpatterns = [
    path("psa/", include(routes("desk_urls"))),
    path("", include(routes("public_urls"))),
]

handler400 = "mainspring.ui.errors.bad_request"
handler403 = "mainspring.ui.errors.forbidden"
handler404 = "mainspring.ui.errors.not_found"
handler500 = "mainspring.ui.errors.server_error"

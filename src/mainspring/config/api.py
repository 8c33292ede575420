"""The API, assembled: every module's `api.py` brings its door."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, reverse

from mainspring.api.document import describe
from mainspring.api.doors import Door
from mainspring.api.pages import docs_view, document_view
from mainspring.api.surface import Surface


def doors() -> list[Door]:
    """What the modules' `api.py` and `customers_api.py` bring, in the order of the modules."""
    found: list[Door] = []
    for part, name in product(("api", "customers_api"), settings.MODULES):
        module = f"mainspring.{name}.{part}"
        if find_spec(module) is not None:
            found += getattr(import_module(module), "doors", [])
    return found


surface = Surface(doors())


@cache
def document() -> dict[str, Any]:
    """The description of the API, with the address under which it is served here."""
    return describe(surface, reverse("api_openapi").removesuffix("/openapi.json"))


def routes() -> list[URLPattern | URLResolver]:
    """Version 1 under `v1/`: its operations, their description, and a page to try them."""
    return [
        path("", docs_view(document), name="api_docs"),
        path("v1/openapi.json", document_view(document), name="api_openapi"),
        path("v1/", include((surface.routes(), "ninja"), namespace="api")),
    ]

"""The description of the API, as JSON and as a page to read and try it."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainspring.api.conditions import unless_known
from mainspring.api.reading import Reading, marked
from mainspring.ui.pages import page

Document = Callable[[], dict[str, Any]]


def document_view(document: Document) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def openapi(request: HttpRequest) -> HttpResponse:
        """The description: OpenAPI 3.1."""
        content = json.dumps(document(), ensure_ascii=False, separators=(",", ":"))
        return unless_known(request, HttpResponse(content, content_type="application/json"))

    return openapi


def docs_view(document: Document) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        """A page to read the API and to try it."""
        return page(request, "api/docs.html", reading=Reading(document()), marked=marked)

    return docs

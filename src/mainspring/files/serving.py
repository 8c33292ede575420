"""Serving stored files so that nothing in them can act on our pages."""

import logging
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified

from mainspring.files.models import StoredFile
from mainspring.files.pictures import Unreadable, shrink
from mainspring.files.types import SHOWN

log = logging.getLogger(__name__)

CAGE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""What a served file may do: nothing."""


def serve(file: StoredFile, *, inline: bool = True, request: HttpRequest | None = None) -> HttpResponseBase:
    """The file: shown when its content is of a harmless type and `inline` is asked, otherwise only downloaded.

    With the `request`, a browser that has the file already is told so (304). Ask who looks before you call this.
    """
    shown = inline and file.type in SHOWN
    served = file.type if file.type in SHOWN else "application/octet-stream"
    try:
        content = file.open()
    except FileNotFoundError as error:
        log.error("The content of stored file %s (%s) is missing from the disk.", file.pk, file.sha256)
        raise Http404 from error
    response: HttpResponseBase
    if request is not None and _etag(file) in _known(request):
        content.close()
        response = HttpResponseNotModified()
    else:
        response = FileResponse(content, content_type=f"{served}; charset=utf-8" if served == "text/plain" else served)
        way = "inline" if shown else "attachment"
        response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file.name, safe='')}"
    response.headers["ETag"] = _etag(file)
    return guarded(response)


def serve_thumbnail(file: StoredFile) -> HttpResponseBase:
    """A small upright picture without its metadata, made once; of a PDF the page that was drawn. 404 without any."""
    if file.is_picture and not file.small.exists():
        try:
            file.keep_small(shrink(file.path))
        except Unreadable as error:
            raise Http404 from error
    elif not file.has_small:
        raise Http404
    return guarded(HttpResponse(file.small.read_bytes(), content_type="image/webp"))


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """No sniffing, no scripts, no framing by others, kept by no shared cache."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = f"sandbox; {CAGE}"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _etag(file: StoredFile) -> str:
    return f'"{file.sha256}"'


def _known(request: HttpRequest) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]

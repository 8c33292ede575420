"""Serving stored files so that nothing in them can act on our pages."""

from io import BytesIO
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from PIL import Image, ImageOps

from mainspring.files.models import StoredFile, root
from mainspring.files.types import SHOWN

THUMBNAIL = (320, 320)


def serve(file: StoredFile, *, inline: bool = True) -> HttpResponseBase:
    """The file: shown when its content is of a harmless type and `inline` is asked, otherwise only downloaded."""
    shown = inline and file.type in SHOWN
    served = file.type if file.type in SHOWN else "application/octet-stream"
    response = FileResponse(file.open(), content_type=f"{served}; charset=utf-8" if served == "text/plain" else served)
    way = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(file.name)}"
    return guarded(response)


def serve_thumbnail(file: StoredFile) -> HttpResponseBase:
    """A small upright picture without its metadata, made once. 404 for what is no picture."""
    if not file.is_picture:
        raise Http404
    small = root() / "small" / f"{file.sha256}.webp"
    if not small.exists():
        small.parent.mkdir(exist_ok=True)
        small.write_bytes(shrink(file))
    return guarded(HttpResponse(small.read_bytes(), content_type="image/webp"))


def shrink(file: StoredFile) -> bytes:
    made = BytesIO()
    try:
        with file.open() as source, Image.open(source) as picture:
            picture.draft("RGB", THUMBNAIL)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail(THUMBNAIL)
            upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P") else "RGB").save(made, "WEBP", quality=80)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Http404 from error
    return made.getvalue()


def guarded(response: HttpResponseBase) -> HttpResponseBase:
    """No sniffing, no scripts, no framing by others, kept by no shared cache."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

"""The HTML of a mail in a frame that can do nothing."""

import re
from base64 import b64encode
from collections.abc import Mapping

from django.http import HttpResponse

from mainspring.outbox.models import Enclosure, OutgoingPart

CAGE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What the HTML of a mail may do: be looked at, and open its links in another tab. It loads nothing."""
_PICTURE = re.compile(r"cid:([^\"'\s>]{1,250})")


def framed(html: str, pictures: Mapping[str, Enclosure | OutgoingPart]) -> HttpResponse:
    """The HTML as a document of its own, with its pictures, by content id, inside it."""

    def inside(found: "re.Match[str]") -> str:
        picture = pictures.get(found[1])
        return f"data:{picture.type};base64,{b64encode(bytes(picture.content)).decode()}" if picture else "data:,"

    response = HttpResponse(_PICTURE.sub(inside, html).replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = CAGE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.xframe_options_exempt = True
    return response

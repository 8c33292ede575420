"""A drawn signature as the page sends it, read into a PNG of our own."""

import base64

from django.utils.translation import gettext as _

from mainspring.files.pictures import Unreadable, redrawn

BEGINS = "data:image/png;base64,"
MOST = 300_000
"""Letters of the address. What a finger draws on the pad takes a tenth of it."""
SIZE = (1000, 400)


class NotDrawn(ValueError):
    """What was sent is no signature; the sentence says what to do."""


def read_drawing(sent: str) -> bytes:
    """The PNG, drawn anew; empty when nothing was sent. Raises NotDrawn."""
    if not sent:
        return b""
    begins, body = sent[: len(BEGINS)], sent[len(BEGINS) :]
    try:
        if begins != BEGINS or len(body) > MOST:
            raise Unreadable
        return redrawn(base64.b64decode(body, validate=True), SIZE)
    except (Unreadable, ValueError) as error:
        raise NotDrawn(_("The drawing can't be read. Clear it and sign again, or leave it empty.")) from error

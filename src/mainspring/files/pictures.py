"""Pictures from strangers: measured without decoding, made small within bounds."""

import struct
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
"""What a picture may unfold to: 200 MB of memory at most. A phone's largest usual photo has 48 million."""
THUMBNAIL = (320, 320)
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
"""Only these decoders ever see a stranger's bytes."""

BROKEN = (
    OSError, ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, EOFError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises over damaged and hostile pictures."""


class Unreadable(Exception):
    """This is no picture, or one too large to unfold."""


def measures(path: Path) -> tuple[int | None, int | None]:
    """Width and height in pixels, from the head alone; nothing for a picture that can't be made small."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            width, height = picture.size
    except BROKEN:
        return None, None
    return (width, height) if width * height <= MOST_PIXELS else (None, None)


def shrink(path: Path) -> bytes:
    """A WebP of at most 320 x 320, upright, without metadata. Raises Unreadable."""
    made = BytesIO()
    try:
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unreadable
            picture.draft("RGB", THUMBNAIL)
            picture.thumbnail(THUMBNAIL)
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            upright.convert(mode).save(made, "WEBP", quality=80, exif=b"", xmp=b"", icc_profile=None)
    except BROKEN as error:
        raise Unreadable from error
    return made.getvalue()

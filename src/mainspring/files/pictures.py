"""Pictures from strangers: measured without decoding, made small within bounds."""

import struct
import threading
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "GIF": 16_000_000, "WEBP": 12_000_000}
"""What a picture may unfold to, so that it takes 200 MB at most. A JPEG is made small while it is read."""
THUMBNAIL = (320, 320)
FORMATS = tuple(MOST_PIXELS)
"""Only these decoders ever see a stranger's bytes."""

BROKEN = (
    OSError, ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, EOFError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow raises over damaged and hostile pictures."""


_one_at_a_time = threading.Lock()


class Unreadable(Exception):
    """This is no picture, or one too large to unfold."""


def measures(path: Path) -> tuple[int | None, int | None]:
    """Width and height in pixels, from the head alone; nothing for a picture that can't be made small."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            return picture.size if _is_bounded(picture) else (None, None)
    except BROKEN:
        return None, None


def shrink(path: Path) -> bytes:
    """A WebP of at most 320 x 320, upright, without metadata. Raises Unreadable."""
    made = BytesIO()
    try:
        with _one_at_a_time, Image.open(path, formats=FORMATS) as picture:
            if not _is_bounded(picture):
                raise Unreadable
            picture.draft("RGB", THUMBNAIL)
            picture.thumbnail(THUMBNAIL)
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            upright.convert(mode).save(made, "WEBP", quality=80, exif=b"", xmp=b"", icc_profile=None)
    except BROKEN as error:
        raise Unreadable from error
    return made.getvalue()


def _is_bounded(picture: ImageFile) -> bool:
    return picture.width * picture.height <= MOST_PIXELS.get(picture.format or "", 0)

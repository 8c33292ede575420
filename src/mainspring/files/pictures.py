"""Pictures from strangers: measured without decoding, made small within bounds."""

import struct
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "GIF": 16_000_000, "WEBP": 12_000_000}
"""What a picture may unfold to, so that it takes 200 MB at most. A JPEG is made small while it is read."""
DRAWN_PIXELS = 2_000_000
"""What a drawing may unfold to: a stranger sends it with a form, where nobody waits for a large one."""
DARK = 160
"""Of 256 shades, those below are ink."""
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


def shrink(path: Path, size: tuple[int, int] = THUMBNAIL) -> bytes:
    """A WebP of at most 320 x 320, or `size`, upright, without metadata. Raises Unreadable."""
    return _small(path, size, "WEBP", quality=80, exif=b"", xmp=b"", icc_profile=None)


def small_png(path: Path, size: tuple[int, int]) -> bytes:
    """A PNG that fits into `size` (width, height in pixels), which every mail program shows. Raises Unreadable."""
    return _small(path, size, "PNG", optimize=True)


def redrawn(content: bytes, size: tuple[int, int]) -> bytes:
    """A drawing that a page sent as a PNG, drawn anew in ink on white within `size`: its lines and nothing else of it.

    Raises Unreadable, also for one on which nothing is drawn.
    """
    made = BytesIO()
    try:
        with _one_at_a_time, Image.open(BytesIO(content), formats=("PNG",)) as picture:
            if picture.width * picture.height > DRAWN_PIXELS:
                raise Unreadable
            ink = picture.convert("RGBA")
            paper = Image.new("RGBA", ink.size, "white")
            paper.alpha_composite(ink)
            drawn = paper.convert("L")
            if not any(drawn.histogram()[:DARK]):
                raise Unreadable
            drawn.thumbnail(size)
            drawn.save(made, "PNG", optimize=True)
    except BROKEN as error:
        raise Unreadable from error
    return made.getvalue()


def _small(path: Path, size: tuple[int, int], form: str, **how: Any) -> bytes:
    made = BytesIO()
    try:
        with _one_at_a_time, Image.open(path, formats=FORMATS) as picture:
            if not _is_bounded(picture):
                raise Unreadable
            picture.draft("RGB", size)
            picture.thumbnail(size)
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            upright.convert(mode).save(made, form, **how)
    except BROKEN as error:
        raise Unreadable from error
    return made.getvalue()


def _is_bounded(picture: ImageFile) -> bool:
    return picture.width * picture.height <= MOST_PIXELS.get(picture.format or "", 0)

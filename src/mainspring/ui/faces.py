"""Faces: the letters of a person on his colour. Drawn as SVG, whose fill needs no inline style."""

import zlib
from functools import lru_cache

from markupsafe import Markup

from mainspring.ui.words import sample

HUES = ("#3f6f8f", "#7a5a8c", "#8c5a3c", "#4a7d52", "#a04f5f", "#4f5fa0", "#6b6b2f", "#2f7f7a", "#8a4f7f", "#6a6460")
"""White letters keep a contrast of 4.5 : 1 and more on each."""


def hue(name: str) -> str:
    """The colour that goes with a name: always the same one."""
    return HUES[zlib.crc32(name.encode()) % len(HUES)]


@lru_cache(2048)
def face(name: str, *, colour: str = "", classes: str = "", silent: bool = False) -> Markup:
    """The face of somebody, by his name, which is its label; `silent` beside the written name."""
    said = Markup('aria-hidden="true"') if silent else Markup('role="img" aria-label="{}"').format(name)
    return Markup(
        '<svg class="face{}" viewBox="0 0 24 24" {}><title>{}</title>'
        '<circle cx="12" cy="12" r="12" fill="{}"/><text x="12" y="15.6">{}</text></svg>'
    ).format(f" {classes}" if classes else "", said, name, colour or hue(name), sample(name))

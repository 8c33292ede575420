"""Names of files as strangers give them, made safe to show and to send."""

import re
import unicodedata

FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')
INVISIBLE = {"Cf", "Cc", "Co", "Cs", "Zl", "Zp"}
LONGEST = 150
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names that Windows takes for a device."""


def clean_name(name: str) -> str:
    """The last part of a path, without control characters, direction overrides and leading dots; never empty."""
    last = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/").split("/")[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in INVISIBLE)
    kept = FORBIDDEN.sub("_", visible).strip(" .")
    if DEVICES.match(kept):
        kept = f"_{kept}"
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST:
        kept = f"{stem[: LONGEST - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 12 else kept[:LONGEST]
    return kept or "file"

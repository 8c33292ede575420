"""File names of strangers, made harmless: no folders, control characters or tricks of direction."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/ms-tnef": ".dat",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
}
_LONGEST = 150


def clean_name(name: str) -> str:
    """The last step of the path `name`, safe to show and to offer as a download; "" when nothing is left."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", name[:5_000]))
    last = visible.replace("\\", "/").rstrip("/ ").rpartition("/")[2].strip()
    if not last.strip(". "):
        return ""
    elif len(last) <= _LONGEST:
        return last
    else:
        stem, dot, extension = last.rpartition(".")
        short = extension[:20] if stem else ""
        return (stem or last)[: _LONGEST - 21] + (dot + short if stem else "")


def invented_name(number: int, content_type: str) -> str:
    """A name for the nameless: `attachment-2.pdf`."""
    return f"attachment-{number}{_EXTENSIONS.get(content_type, '.bin')}"

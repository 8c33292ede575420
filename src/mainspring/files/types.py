"""What a file is, by its content; its name and declared type decide nothing."""

import filetype

HEAD = 4096
ACTIVE = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml", b"<body", b"<iframe", b"<head")
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SHOWN = PICTURES | {"application/pdf", "text/plain"}
"""Types a browser may show from our address; everything else is only downloaded."""


def sniff(head: bytes) -> str:
    """The media type of a file that begins with `head`. Mark-up of any kind is never shown."""
    known = filetype.guess_mime(head)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower()
    if any(tag in start[:1024] for tag in ACTIVE) and known not in PICTURES | {"application/pdf"}:
        return "image/svg+xml" if b"<svg" in start[:1024] else "text/html"
    elif known:
        return str(known)
    elif _is_text(head):
        return "text/plain"
    else:
        return "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4
    return True

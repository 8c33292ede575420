"""Stored files: kept by content, judged by content, served harmlessly."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from PIL import Image

from mainspring.files.models import MOST_BYTES, StoredFile
from mainspring.files.names import clean_name
from mainspring.files.serving import serve, serve_thumbnail
from mainspring.files.types import SHOWN, sniff

pytestmark = pytest.mark.django_db


def picture(form: str = "PNG", size: tuple[int, int] = (600, 400)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, form)
    return made.getvalue()


CONTENTS = {
    "png": picture(),
    "jpeg": picture("JPEG"),
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "text": b"Dear shop,\nthe printer is broken.\n",
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "hidden html": b"   \n\n<HTML><body onload=alert(1)>",
    "zip": b"PK\x03\x04" + b"\x00" * 40,
    "exe": b"MZ" + b"\x00" * 80,
    "bytes": bytes(range(256)),
}
DECLARED = [
    "image/png", "image/svg+xml", "text/html", "text/plain", "application/pdf", "application/xhtml+xml",
    "text/javascript", "application/octet-stream", "image/jpeg", "text/xml", "multipart/mixed", "",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"OPTIONS": {"location": tmp_path}}}


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("content", CONTENTS)
def test_only_harmless_types_are_shown_whatever_was_declared(content: str, declared: str) -> None:
    kept = StoredFile.keep(CONTENTS[content], name=f"x.{content}", declared_type=declared)
    response = serve(kept)
    served = response.headers["Content-Type"].partition(";")[0]
    assert served in SHOWN | {"application/octet-stream"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    if content in ("html", "svg", "hidden html", "zip", "exe", "bytes"):
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert served == "application/octet-stream"


def test_the_same_bytes_are_kept_once() -> None:
    first, second = StoredFile.keep(b"same", name="a.txt"), StoredFile.keep(b"same", name="b.txt")
    assert first.path == second.path and first.read() == b"same"
    assert [path.name for path in first.path.parent.iterdir()] == [first.sha256]


def test_too_large_a_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        StoredFile.keep(b"x" * (MOST_BYTES + 1), name="big.bin")
    assert not StoredFile.objects.exists() and not list(tmp_path.iterdir())


def test_a_thumbnail_is_small_and_upright() -> None:
    kept = StoredFile.keep(picture("JPEG", (2000, 1000)), name="photo.jpg")
    small = Image.open(BytesIO(serve_thumbnail(kept).content))  # type: ignore[attr-defined]
    assert small.size == (320, 160) and not small.getexif()


def test_a_picture_with_too_many_pixels_has_no_thumbnail() -> None:
    made = BytesIO()
    Image.new("1", (60_000, 1_000)).save(made, "PNG")
    with pytest.raises(Http404):
        serve_thumbnail(StoredFile.keep(made.getvalue(), name="bomb.png"))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\Windows\\x.exe", "/abs/olute", "nul\x00.png", "line\r\nbreak.txt", "\u202egpj.exe", "...",
     "", "a" * 500 + ".pdf", ".htaccess", "a\u2028b", "ok.pdf"],
)  # fmt: skip
def test_names_are_made_safe(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 150
    assert not set(cleaned) & set('/\\\r\n\x00\u202e\u2028<>:"|?*')
    assert not cleaned.startswith(".")


def test_mark_up_is_recognised_behind_blanks() -> None:
    assert sniff(CONTENTS["hidden html"]) == "text/html"

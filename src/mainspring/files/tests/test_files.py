"""Stored files: kept by content, judged by content, served harmlessly."""

import os
import random
import re
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory
from PIL import Image

from mainspring.events.tasks import SCHEDULE
from mainspring.files.models import MOST_BYTES, StoredFile
from mainspring.files.names import clean_name
from mainspring.files.pictures import Unreadable, shrink
from mainspring.files.serving import serve, serve_thumbnail
from mainspring.files.sweeping import sweep
from mainspring.files.tasks import sweep_files
from mainspring.files.types import SHOWN, sniff

pytestmark = pytest.mark.django_db


def picture(form: str = "PNG", size: tuple[int, int] = (600, 400)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "teal").save(made, form)
    return made.getvalue()


def content_of(response: HttpResponseBase) -> bytes:
    return b"".join(cast("Iterable[bytes]", response))


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


NAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "....//....//x", "/abs/olute", "C:\\Windows\\x.exe",
    "\\\\host\\share\\x", "~/x", "file:///etc/passwd", "%2e%2e%2fx", "..%c0%afx", ".", "..", "...", "/", "\\",
    "a/", "", " ", "\t", "\x00", "nul\x00.png", "x.php\x00.jpg", "line\r\nbreak.txt", "a\rSet-Cookie: x=1",
    "a\nContent-Type: text/html", "a\u2028b", "a\u2029b", "a\x85b", "a\x7fb", "a\x1b[31mb", "\u202egpj.exe",
    "\u2066x\u2069", "\u200fא.pdf", "zero\u200bwidth", "soft\u00adhyphen", "\ufeffbom", "\ud800", "a\udfffb",
    ".htaccess", ".env", "x.php.", "x.html.", "x.pht ", "a" * 500 + ".pdf", "ש" * 500, "." * 300,
    "a." + "b" * 400, "CON", "nul.txt", "aux.h", "LPT9.pdf", "com1", 'q"uote.txt', "it's.txt", "a;b=c.txt",
    "<script>.png", "x\"; filename=evil.html", "=?utf-8?q?x?=", "a*?|:b", "é\u0301.png", "🦄.png",
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


def test_a_photo_taken_sideways_is_turned_and_forgets_where_it_was_taken() -> None:
    made, exif = BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "CANARY-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    photo = Image.new("RGB", (800, 400), "teal")
    photo.paste("red", (0, 0, 400, 400))
    photo.save(made, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    kept = StoredFile.keep(made.getvalue(), name="photo.jpg")
    answer = content_of(serve_thumbnail(kept))
    small = Image.open(BytesIO(answer)).convert("RGB")
    assert small.size == (160, 320)
    top, bottom = small.getpixel((80, 40)), small.getpixel((80, 280))
    assert isinstance(top, tuple) and top[0] > 200 and isinstance(bottom, tuple) and bottom[0] < 60
    assert b"CANARY" in kept.read() and b"CANARY" not in answer and b"EXIF" not in answer


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_pictures_of_every_mode_have_a_thumbnail(mode: str) -> None:
    made = BytesIO()
    Image.new(mode, (400, 400)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    kept = StoredFile.keep(made.getvalue(), name="x")
    assert Image.open(BytesIO(content_of(serve_thumbnail(kept)))).size == (320, 320)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_damaged_pictures_harm_nobody(form: str) -> None:
    chance, whole = random.Random(form), picture(form)
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytearray(whole[: at + 1] if chance.random() < 0.5 else whole)
        damaged[at] = chance.randrange(256)
        kept = StoredFile.keep(bytes(damaged), name="x")
        try:
            assert serve_thumbnail(kept).headers["Content-Type"] == "image/webp"
        except Http404:
            assert list(kept.path.parent.parent.glob("draft-*")) == []


def test_a_thumbnail_is_made_once(tmp_path: Path) -> None:
    kept = StoredFile.keep(picture(), name="x.png")
    first = content_of(serve_thumbnail(kept))
    kept.path.unlink()
    assert content_of(serve_thumbnail(kept)) == first
    assert list(tmp_path.glob("draft-*")) == []


def test_a_thumbnail_is_small_and_upright() -> None:
    kept = StoredFile.keep(picture("JPEG", (2000, 1000)), name="photo.jpg")
    small = Image.open(BytesIO(content_of(serve_thumbnail(kept))))
    assert small.size == (320, 160) and not small.getexif()


def png_bomb(width: int, height: int) -> bytes:
    """A valid grey PNG of a few kilobytes that says it is this large."""
    packed = zlib.compress(bytes(1_000_000))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (60_000, 1_000), (4_100, 4_000), (2**31 - 1, 1)])
def test_a_picture_with_too_many_pixels_is_kept_but_never_unfolded(width: int, height: int) -> None:
    kept = StoredFile.keep(png_bomb(width, height), name="bomb.png")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not kept.is_picture
    with pytest.raises(Http404):
        serve_thumbnail(kept)
    with pytest.raises(Unreadable):
        shrink(kept.path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_zip_bomb_is_only_ever_downloaded() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(20_000_000))
    kept = StoredFile.keep(made.getvalue(), name="42.zip")
    assert kept.size == len(made.getvalue()) and kept.type == "application/zip"
    assert serve(kept).headers["Content-Disposition"].startswith("attachment")


def test_a_browser_that_has_the_file_is_told_so(rf: RequestFactory) -> None:
    kept = StoredFile.keep(b"hello", name="x.txt")
    first = serve(kept, request=rf.get("/"))
    again = serve(kept, request=rf.get("/", headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'}))
    assert (first.status_code, again.status_code, again.headers["ETag"]) == (200, 304, first.headers["ETag"])
    assert serve(kept, request=rf.get("/", headers={"If-None-Match": '"other"'})).status_code == 200


def test_a_file_lost_from_the_disk_is_not_found() -> None:
    kept = StoredFile.keep(b"hello", name="x.txt")
    kept.path.unlink()
    with pytest.raises(Http404):
        serve(kept)


def test_text_is_shown_as_text_however_it_is_named() -> None:
    response = serve(StoredFile.keep(b"just words", name="page.html", declared_type="text/html"))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert content_of(response) == b"just words"


def grow_old(path: Path) -> None:
    os.utime(path, (time.time() - 100_000,) * 2)


def test_bytes_whose_row_was_never_committed_are_swept(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = StoredFile.keep(picture(), name="lost.png")
        serve_thumbnail(lost)
        raise RuntimeError
    kept = StoredFile.keep(picture("GIF"), name="kept.gif")
    serve_thumbnail(kept)
    assert sweep() == 0, "too young: the row may be on its way"
    for path in tmp_path.rglob("*"):
        grow_old(path)
    assert sweep() == 2
    assert {path.stem for path in tmp_path.rglob("*") if path.is_file()} == {kept.sha256}
    assert content_of(serve(kept)) == picture("GIF") and serve_thumbnail(kept).status_code == 200


def test_bytes_that_come_again_before_the_sweep_are_young_again() -> None:
    path = StoredFile.keep(b"again", name="a").path
    StoredFile.objects.all().delete()
    grow_old(path)
    StoredFile.keep(b"again", name="a")
    StoredFile.objects.all().delete()
    assert sweep() == 0 and path.exists()


def test_killed_while_writing_leaves_a_draft_that_is_swept_and_no_file(tmp_path: Path) -> None:
    script = (
        "import os, sys, django; django.setup()\n"
        "from django.conf import settings\n"
        "from mainspring.files.models import StoredFile\n"
        f"settings.STORAGES = {{'default': {{'OPTIONS': {{'location': {str(tmp_path)!r}}}}}}}\n"
        "class Endless:\n"
        "    left = 3\n"
        "    def read(self, size):\n"
        "        self.left -= 1\n"
        "        if not self.left: os.kill(os.getpid(), 9)\n"
        "        return b'x' * size\n"
        "StoredFile.keep(Endless(), name='x')\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mainspring.config.settings"}
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=60)
    assert ended.returncode == -9, ended.stderr.decode()
    (draft,) = tmp_path.iterdir()
    assert draft.name.startswith("draft-") and not StoredFile.objects.exists()
    grow_old(draft)
    assert sweep() == 1 and not list(tmp_path.iterdir())


def test_the_sweep_runs_by_itself() -> None:
    assert sweep_files in [task for task, _ in SCHEDULE]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_made_safe(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 150
    assert not set(cleaned) & set('/\\\r\n\x00\u202e\u2028<>:"|?*')
    assert not cleaned.startswith((".", " ")) and not cleaned.endswith((".", " "))
    assert cleaned.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt9"}
    assert all(sign.isprintable() for sign in cleaned)
    cleaned.encode()


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_reaches_neither_the_disk_nor_the_header(name: str, tmp_path: Path) -> None:
    kept = StoredFile.keep(f"of {name!r}".encode(), name=name)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == [kept.path]
    assert re.fullmatch(r"[0-9a-f]{64}", kept.path.name)
    way, _, value = serve(kept).headers["Content-Disposition"].partition("; ")
    assert way in ("inline", "attachment") and re.fullmatch(r"filename\*=UTF-8''[A-Za-z0-9._~%-]+", value)
    assert unquote(value.partition("''")[2]) == kept.name


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Rechnung Nr. 5.pdf", "Rechnung Nr. 5.pdf"), ("חשבונית.pdf", "חשבונית.pdf"), ("C:\\fake\\a.png", "a.png"),
     ("a/b/../c.txt", "c.txt"), ("x" * 300 + ".jpeg", "x" * 145 + ".jpeg"), ("invoice\u202egpj.exe", "invoicegpj.exe")],
)  # fmt: skip
def test_honest_names_stay_as_they_are(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_mark_up_is_recognised_behind_blanks() -> None:
    assert sniff(CONTENTS["hidden html"]) == "text/html"

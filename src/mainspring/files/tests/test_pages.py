"""The first page of a PDF, drawn within bounds, and what is shown when it can't be."""

import shutil
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from mainspring.files import pages
from mainspring.files.models import StoredFile
from mainspring.files.serving import serve_thumbnail
from mainspring.files.tasks import draw_first_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"OPTIONS": {"location": tmp_path}}}


def pdf(drawing: bytes = b"1 0 0 rg 0 0 300 150 re f", width: float = 300, height: float = 300) -> bytes:
    """A PDF of one page; by default its lower half is red."""
    writer, made = PdfWriter(), BytesIO()
    page = writer.add_blank_page(width, height)
    content = DecodedStreamObject()
    content.set_data(drawing)
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.write(made)
    return made.getvalue()


def drawn(content: bytes) -> StoredFile:
    kept = StoredFile.keep(content, name="x.pdf")
    draw_first_page.func(kept.pk)
    return kept


def test_the_first_page_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = StoredFile.keep(pdf(), name="offer.pdf")
    assert not kept.has_small and kept.look == "pdf"
    draw_first_page.func(kept.pk)
    assert kept.has_small
    picture = Image.open(BytesIO(serve_thumbnail(kept).content)).convert("RGB")
    assert picture.size == (1000, 1000)
    above, below = picture.getpixel((500, 100)), picture.getpixel((500, 900))
    assert isinstance(above, tuple) and min(above) > 240 and isinstance(below, tuple) and below[0] > 200 > below[1]
    monkeypatch.setattr(pages.subprocess, "run", lambda *_all, **_more: pytest.fail("drawn twice"))
    draw_first_page.func(kept.pk)
    assert list(tmp_path.glob("draft-*")) == []


@pytest.mark.parametrize("content", [b"%PDF-1.7\nbroken", b"%PDF-1.4\n" + bytes(5000), pdf()[:200]])
def test_a_damaged_one_keeps_its_icon(content: bytes) -> None:
    kept = drawn(content)
    assert not kept.has_small
    with pytest.raises(Http404):
        serve_thumbnail(kept)


def test_without_poppler_it_keeps_its_icon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert not drawn(pdf()).has_small


@pytest.mark.parametrize("size", [(20_000, 20_000), (200_000, 1), (1, 200_000)])
def test_a_page_as_large_as_a_house_is_drawn_small_or_not_at_all(size: tuple[float, float]) -> None:
    kept, began = StoredFile.keep(pdf(width=size[0], height=size[1]), name="x.pdf"), time.monotonic()
    draw_first_page.func(kept.pk)
    assert time.monotonic() - began < 60
    if kept.has_small:
        assert max(Image.open(kept.small).size) <= 1000


def test_a_page_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "BOUNDED", "ulimit -t 1; while :; do :; done")
    began = time.monotonic()
    assert not drawn(pdf()).has_small
    assert time.monotonic() - began < 24

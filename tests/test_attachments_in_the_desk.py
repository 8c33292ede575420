"""RELIABILITY 19 to 21 and 29 to 31, through the desk's own doors: uploaded by Tess, opened by Tess."""

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.test import Client

from mainspring.events.models import Event
from mainspring.files.models import StoredFile
from mainspring.files.tests.test_files import CONTENTS, DECLARED, NAMES, png_bomb
from mainspring.files.types import SHOWN
from mainspring.tickets.models import Attachment, Ticket
from world import AsPerson, World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"OPTIONS": {"location": tmp_path}}}


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


@pytest.fixture
def desk(world: World, as_person: AsPerson) -> Client:
    return as_person(world.tess)


def send(desk: Client, ticket: Ticket, content: bytes, name: str, declared: str = "", **more: str) -> HttpResponse:
    file = SimpleUploadedFile("x", content, content_type=declared)
    file._name = name  # type: ignore[attr-defined]  # as a hostile client would send it
    answer: HttpResponse = desk.post(f"/psa/tickets/{ticket.number}/attach", {"files": file, **more})  # type: ignore[assignment]
    return answer


def upload(desk: Client, ticket: Ticket, content: bytes, name: str, declared: str = "", **more: str) -> Attachment:
    assert send(desk, ticket, content, name, declared, **more).status_code == 303
    return Attachment.objects.latest("id")


def opened(desk: Client, kept: Attachment, way: str = "") -> HttpResponseBase:
    return desk.get(f"/psa/tickets/{kept.ticket.number}/files/{kept.pk}{way}")


def harmless(answer: HttpResponseBase) -> bool:
    served = answer.headers["Content-Type"].partition(";")[0]
    is_shown = answer.headers["Content-Disposition"].startswith("inline")
    caged = answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    return caged and answer.headers["X-Content-Type-Options"] == "nosniff" and (not is_shown or served in SHOWN)


@pytest.mark.parametrize("name", ["invoice.html", "photo.png", "page.xhtml", "x.svg.txt"])
@pytest.mark.parametrize("content", ["html", "hidden html"])
def test_reliability_19_mark_up_is_only_downloaded(desk: Client, ticket: Ticket, content: str, name: str) -> None:
    answer = opened(desk, upload(desk, ticket, CONTENTS[content], name, "text/html"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment") and harmless(answer)


@pytest.mark.parametrize("declared", ["image/svg+xml", "image/png", "text/plain"])
def test_reliability_20_an_svg_is_no_picture(desk: Client, ticket: Ticket, declared: str) -> None:
    kept = upload(desk, ticket, CONTENTS["svg"], "logo.svg", declared)
    assert opened(desk, kept).headers["Content-Disposition"].startswith("attachment")
    assert opened(desk, kept, "/small").status_code == 404
    page = desk.get(f"/psa/tickets/{ticket.number}/?tab=attachments").content.decode()
    assert "logo.svg" in page and "data-look" not in page and f"files/{kept.pk}/small" not in page


def test_reliability_21_what_it_is_decides_not_what_it_says_it_is(desk: Client, ticket: Ticket) -> None:
    """Twelve kinds of file, each declared as twelve types."""
    for content, given in CONTENTS.items():
        for declared in DECLARED:
            kept = upload(desk, ticket, given, f"x.{content}", declared)
            assert harmless(opened(desk, kept)), (content, declared)
    assert Attachment.objects.count() == 144


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 1)])
def test_reliability_29_a_picture_too_large_to_unfold_has_no_preview(
    desk: Client, ticket: Ticket, size: tuple[int, int]
) -> None:
    kept = upload(desk, ticket, png_bomb(*size), "bomb.png", "image/png")
    assert opened(desk, kept, "/small").status_code == 404
    page = desk.get(f"/psa/tickets/{ticket.number}/?tab=attachments").content.decode()
    assert "bomb.png" in page and f"files/{kept.pk}/small" not in page


def test_reliability_29_a_zip_is_kept_as_it_came(desk: Client, ticket: Ticket, tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("../../zeros", bytes(20_000_000))
    kept = upload(desk, ticket, made.getvalue(), "42.zip")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.file.path]
    assert opened(desk, kept).headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", NAMES)
def test_reliability_30_a_hostile_name_leads_nowhere(desk: Client, ticket: Ticket, tmp_path: Path, name: str) -> None:
    answer = send(desk, ticket, b"words", name.encode("utf-8", "replace").decode())
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept = Attachment.objects.first()
    if kept is None:
        assert answer.status_code in (303, 400) and stored == []
        return
    assert stored == [kept.file.path]
    assert re.fullmatch(r"[0-9a-f]{64}", kept.file.path.name)
    assert not set(kept.name) & set('/\\\r\n\x00\u202e\u2028<>:"|?*') and kept.name not in ("", ".", "..")
    sent = opened(desk, kept).headers["Content-Disposition"]
    assert re.fullmatch(r"inline; filename\*=UTF-8''[A-Za-z0-9._~%-]+", sent)
    assert unquote(sent.partition("''")[2]) == kept.name


@pytest.mark.parametrize("name", ["shell.pht", "shell.phar", "shell.php.", "x.html.", "x.cgi", ".htaccess"])
def test_reliability_31_what_could_run_elsewhere_is_in_no_served_folder(
    desk: Client, world: World, as_person: AsPerson, ticket: Ticket, name: str
) -> None:
    kept = upload(desk, ticket, b"<?php system($_GET['x']); ?>", name)
    for address in (f"/{kept.name}", f"/static/{kept.name}", f"/media/{kept.name}", f"/files/{kept.file.sha256}"):
        assert desk.get(address).status_code == 404
    path = f"/psa/tickets/{ticket.number}/files/{kept.pk}"
    assert Client().get(path).status_code == 302
    other = Ticket.objects.open("Another", by=world.fay, contact=world.sam)
    assert desk.get(f"/psa/tickets/{other.number}/files/{kept.pk}").status_code == 404


def test_a_file_for_the_staff_alone_is_marked(desk: Client, ticket: Ticket) -> None:
    assert upload(desk, ticket, b"words", "password.txt", internal="1").is_internal
    assert not upload(desk, ticket, b"words", "offer.txt").is_internal
    page = desk.get(f"/psa/tickets/{ticket.number}/?tab=attachments").content.decode()
    assert page.count("file-internal") == page.count("file-lock") == 1


def test_a_removed_file_is_gone_until_it_is_put_back_and_both_are_told(desk: Client, ticket: Ticket) -> None:
    kept = upload(desk, ticket, b"words", "offer.txt")
    at = f"/psa/tickets/{ticket.number}/files/{kept.pk}"
    desk.post(f"{at}/detach")
    assert f"{at}/put-back" in desk.get(f"/psa/tickets/{ticket.number}/?tab=attachments").content.decode()
    assert opened(desk, kept).status_code == opened(desk, kept, "/small").status_code == 404
    for _twice in range(2):
        desk.post(f"{at}/put-back")
    assert b"".join(cast("Iterable[bytes]", opened(desk, kept))) == b"words"
    told = Event.objects.filter(kind__startswith="ticket.file_").order_by("id")
    assert [str(event) for event in told] == [
        "Tess Amir attached offer.txt",
        "Tess Amir removed offer.txt",
        "Tess Amir put offer.txt back",
    ]
    assert StoredFile.objects.count() == 1


def test_too_large_a_file_is_refused_in_plain_words(
    desk: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainspring.files.models.MOST_BYTES", 10)
    file = SimpleUploadedFile("big.bin", b"x" * 11)
    answer = desk.post(f"/psa/tickets/{ticket.number}/attach", {"files": file})
    assert answer.status_code == 422 and "larger than 25 MB" in answer.content.decode()
    assert "up to 25 MB each" in desk.get(f"/psa/tickets/{ticket.number}/?tab=attachments").content.decode()

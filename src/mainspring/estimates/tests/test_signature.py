"""A drawn signature: kept as a picture of our own with its evidence; whatever else is sent for one is refused."""

import hashlib
import io
import struct
import zlib

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from mainspring.estimates.drawing import MOST, SIZE
from mainspring.estimates.links import estimate_token
from mainspring.estimates.models import Answer
from mainspring.estimates.tests.offers import as_address, drawing, sent
from world import World


def page_of(world: World) -> str:
    return reverse("public_estimate", args=[estimate_token(sent(world))])


def test_a_drawn_signature_is_evidence(world: World, client: Client) -> None:
    page = page_of(world)
    signed = {"act": "approve", "name": "  Carol \t Mizrahi ", "drawing": as_address(drawing())}
    assert client.post(page, signed, headers={"User-Agent": "Phone/1"}).status_code == 303
    answer = Answer.objects.get()
    picture = Image.open(io.BytesIO(bytes(answer.signature)))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "L", SIZE)
    assert any(picture.histogram()[:100]) and picture.getpixel((5, 5)) == 255, "ink on white"
    assert (answer.name, answer.user_agent, answer.address) == ("Carol Mizrahi", "Phone/1", "127.0.0.1")
    assert f"PNG SHA-256 {hashlib.sha256(bytes(answer.signature)).hexdigest()}" in answer.text.splitlines()
    assert answer.sha256 == hashlib.sha256(answer.text.encode()).hexdigest()
    shown = client.get(f"{page}/signature")
    assert shown.headers["Content-Type"] == "image/png" and shown.content == bytes(answer.signature)


def test_of_what_was_sent_only_the_lines_are_kept(world: World, client: Client) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    sent_one = drawing((400, 160), pnginfo=notes) + b"<script>alert(2)</script>"
    assert (
        client.post(page_of(world), {"act": "approve", "name": "C", "drawing": as_address(sent_one)}).status_code == 303
    )
    assert b"script" not in bytes(Answer.objects.get().signature)


def test_the_typed_name_is_enough(world: World, client: Client) -> None:
    assert client.post(page_of(world), {"act": "approve", "name": "Carol", "drawing": ""}).status_code == 303
    answer = Answer.objects.get()
    assert bytes(answer.signature) == b"" and "PNG" not in answer.text


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def claiming(width: int, height: int) -> bytes:
    """A small PNG that says it is large, with pixels that unfold without end."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 5_000_000, 9))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def bomb_in_words() -> bytes:
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 20_000_000, 9))
    whole = drawing()
    return whole[:33] + words * 4 + whole[33:]


HOSTILE = {
    "no address": "hello",
    "nothing in it": "data:image/png;base64,",
    "another type": "data:image/svg+xml;base64,PHN2Zy8+",
    "no base64": "data:image/png;base64,%%%%",
    "no letters": "data:image/png;base64,אבג",
    "a web address": "https://evil.example/a.png",
    "a script": as_address(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "a JPEG": as_address(drawing(form="JPEG")),
    "a GIF": as_address(drawing(form="GIF")),
    "only the head": as_address(b"\x89PNG\r\n\x1a\n"),
    "cut off": as_address(drawing()[:200]),
    "a wrong sum": as_address(drawing()[:60] + b"\xff" + drawing()[61:]),
    "empty": as_address(drawing(ink="#00000000")),
    "white on white": as_address(drawing(ink="#ffffff")),
    "far too large": as_address(claiming(50_000, 50_000)),
    "one too wide": as_address(claiming(2_000_001, 1)),
    "a bomb": as_address(claiming(1400, 1400)),
    "a bomb in words": as_address(bomb_in_words()),
    "too long": "data:image/png;base64," + "A" * (MOST + 4),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_signature_is_refused_and_nothing_typed_is_lost(world: World, client: Client, kind: str) -> None:
    page = page_of(world)
    refused = client.post(page, {"act": "approve", "name": "Carol M", "drawing": HOSTILE[kind]})
    assert (refused.status_code, Answer.objects.count()) == (422, 0), kind
    said = refused.content.decode()
    assert "The drawing can&#39;t be read" in said or "The drawing can't be read" in said
    assert 'value="Carol M"' in said


@pytest.mark.parametrize("name", ["", "   ", "x" * 151, "a\x00b"])
def test_without_a_name_nothing_is_signed(world: World, client: Client, name: str) -> None:
    drawn = as_address(drawing())
    refused = client.post(page_of(world), {"act": "approve", "name": name, "drawing": drawn})
    assert (refused.status_code, Answer.objects.count()) == (422, 0)
    assert drawn.replace("+", "&#43;") in refused.content.decode() or drawn in refused.content.decode(), "what he drew"

"""Parts of the desk that live in the browser: files dropped and refused, a scanner, a draft on the server, an undo."""

import struct
import zlib
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Sit
from mainspring.inventory.models import Product
from mainspring.tickets.models import Draft, Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


def picture() -> bytes:
    """A PNG of one red pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def opened(world: World) -> Ticket:
    return Ticket.objects.open(
        by=world.tess, contact=world.carol, subject="Printer prints blank pages", description="", channel="desk"
    )


def files_of(page: Page, ticket: Ticket) -> None:
    page.goto(f"/psa/tickets/{ticket.number}/?tab=attachments")


def test_a_chosen_file_is_uploaded_and_shown(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    page = sit_down(world.tess)
    files_of(page, ticket)
    page.set_input_files("#files", {"name": "fuser.png", "mimeType": "image/png", "buffer": picture()})
    expect(page.get_by_role("link", name="fuser.png").first).to_be_visible()
    assert [kept.name for kept in ticket.attachments.all()] == ["fuser.png"]


def test_a_pasted_picture_is_uploaded(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    page = sit_down(world.tess)
    files_of(page, ticket)
    page.evaluate(
        """octets => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([new Uint8Array(octets)], "screenshot.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }""",
        list(picture()),
    )
    expect(page.get_by_role("link", name="screenshot.png").first).to_be_visible()


def test_a_refused_file_says_why_and_leaves_the_page(
    world: World, sit_down: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainspring.files.models.MOST_BYTES", 10)
    ticket = opened(world)
    page = sit_down(world.tess)
    files_of(page, ticket)
    page.set_input_files(
        "#files", {"name": "manual.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 and more"}
    )
    expect(page.locator(".dropzone-file.is-wrong")).to_contain_text("manual.pdf")
    expect(page.locator(".dropzone-file.is-wrong")).to_contain_text("The file is larger than 25 MB.")
    assert ticket.attachments.count() == 0


def test_a_scanner_fills_the_box_of_the_page_by_itself(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    box = page.locator("[data-scan] [role=combobox]").first
    expect(box).to_be_visible()
    page.evaluate(
        """code => {
            document.activeElement.blur();
            for (const key of [...code, "Enter"])
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        }""",
        "4006381333931",
    )
    expect(box).to_have_value("4006381333931")


def test_a_draft_is_kept_on_the_server_too(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/")
    with page.expect_response("**/psa/drafts") as answer:
        page.locator("#composer_text").press_sequentially("The fuser has arrived")
    assert answer.value.ok
    kept = Draft.objects.get(person=world.tess)
    assert kept.content["text"] == "The fuser has arrived"
    expect(page.locator("[data-draft-says]")).to_have_text("Draft kept")


def test_a_sent_note_can_be_taken_back_and_is_in_the_box_again(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/")
    page.keyboard.press("n")
    page.keyboard.type("She is a friend of the owner")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.message-internal")).to_have_count(1)
    expect(page.locator("#composer_text")).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("article.message-internal")).to_have_count(0)
    expect(page.locator("#composer_text")).to_have_value("She is a friend of the owner")


def test_a_part_that_was_chosen_is_not_taken_again_by_an_eager_click(world: World, sit_down: Sit) -> None:
    ticket = opened(world)
    kit = Product.objects.add(by=world.max, sku="RM2", name="Fuser kit", price=Decimal(50), tax=world.exempt)
    kit.receive(4, by=world.max, reason="delivery")
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    page.get_by_role("combobox", name="Part").press_sequentially("Fuser")
    page.get_by_role("option", name="Fuser kit").wait_for()
    page.evaluate(
        "() => { document.querySelector('[role=option]').click(); document.querySelector('#parts form .btn').click(); }"
    )
    expect(page.locator(".bill-total")).to_contain_text("$50.00")
    kit.refresh_from_db()
    assert kit.on_hand == 3

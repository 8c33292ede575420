"""Files in a real browser: looked at by keys, dropped, marked as internal, refused unsent, harmless when opened."""

from io import BytesIO
from itertools import product

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from browser.conftest import Sit
from mainspring.files.models import StoredFile
from mainspring.tickets.models import Attachment, Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def picture(colour: str) -> bytes:
    made = BytesIO()
    Image.new("RGB", (600, 400), colour).save(made, "PNG")
    return made.getvalue()


def attached(world: World, ticket: Ticket, name: str, content: bytes, internal: bool = False) -> Attachment:
    return ticket.attach(StoredFile.keep(content, name=name), by=world.tess, internal=internal)


def files_of(page: Page, ticket: Ticket) -> None:
    page.goto(f"/psa/tickets/{ticket.number}/?tab=attachments")


def test_files_are_looked_at_by_keys(world: World, ticket: Ticket, sit_down: Sit) -> None:
    attached(world, ticket, "front.png", picture("teal"))
    attached(world, ticket, "log.txt", "שלום <b>alert(1)</b>".encode(), internal=True)
    attached(world, ticket, "offer.pdf", b"%PDF-1.7\nnot drawn")
    attached(world, ticket, "backup.zip", b"PK\x03\x04" + bytes(40))
    page = sit_down(world.tess)
    files_of(page, ticket)
    box = page.locator("#lightbox")
    page.locator(".file-look").first.focus()
    page.keyboard.press("Enter")
    expect(box.locator("img")).to_be_visible()
    assert box.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") == 600
    expect(box.locator("[data-step='-1']")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    expect(box.locator("pre")).to_have_text("שלום <b>alert(1)</b>")
    expect(box).to_have_class("lightbox floating is-internal")
    page.keyboard.press("ArrowRight")
    expect(box.locator("[data-none]")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(box.locator("[data-place]")).to_have_text("3 / 3")
    with page.expect_download() as download:
        page.keyboard.press("d")
    assert download.value.suggested_filename == "offer.pdf"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.locator(".file-look", has=page.locator("xpath=self::*[@aria-label='offer.pdf']"))).to_be_focused()


def test_a_dropped_file_is_uploaded_for_the_staff_alone(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    files_of(page, ticket)
    page.get_by_label("Only for the staff").check()
    page.evaluate(
        """octets => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(octets)], "crack.png", { type: "image/png" }));
            const zone = document.querySelector("[data-dropzone]");
            for (const name of ["dragover", "drop"])
                zone.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        list(picture("red")),
    )
    expect(page.locator(".file-internal")).to_contain_text("crack.png")
    assert [(kept.name, kept.is_internal) for kept in ticket.attachments.all()] == [("crack.png", True)]


def test_a_phones_camera_goes_the_same_way(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess, width=390)
    files_of(page, ticket)
    camera = page.locator("#files_camera")
    assert camera.get_attribute("capture") == "environment" and camera.get_attribute("accept") == "image/*"
    camera.set_input_files({"name": "image.jpg", "mimeType": "image/jpeg", "buffer": picture("blue")})
    expect(page.locator(".file-name")).to_have_text("image.jpg")


def test_too_large_a_file_is_not_even_sent(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    files_of(page, ticket)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/attach") else None)
    page.evaluate("() => { document.querySelector('[data-dropzone]').dataset.most = 10; }")
    page.set_input_files("#files", {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(11)})
    expect(page.locator(".dropzone-file.is-wrong")).to_contain_text("Larger than 25 MB.")
    assert sent == []


def test_a_removed_file_comes_back_by_undo(world: World, ticket: Ticket, sit_down: Sit) -> None:
    attached(world, ticket, "front.png", picture("teal"))
    page = sit_down(world.tess)
    files_of(page, ticket)
    page.get_by_role("button", name="Remove front.png").click()
    expect(page.locator(".file")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(".file")).to_have_count(1)


HOLDERS = (
    "<script>{0}</script>", "<!doctype html><script>{0}</script>", "<img src=x onerror={0}>", "<svg onload={0}>",
    "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>{0}</script></svg>", "<body onload={0}>",
    "\ufeff<html><script>{0}</script>", "   \n<iframe srcdoc='<script>{0}</script>'></iframe>",
    "GIF89a/*<script>{0}</script>*/=0", "%PDF-1.7 <script>{0}</script>", "plain words <script>{0}</script>",
    "<math><mtext><style><img src onerror={0}>", "<form><button formaction=javascript:{0} autofocus>x</button></form>",
    "<a href=javascript:{0}>x</a><script>document.links[0].click();{0}</script>",
    "<html xmlns='http://www.w3.org/1999/xhtml'><script>{0}</script></html>",
)  # fmt: skip
ENDINGS = ("html", "svg", "png", "txt", "xhtml", "pdf", "htm", "")


def test_reliability_19_none_of_120_scripts_runs_when_its_file_is_opened(
    world: World, ticket: Ticket, sit_down: Sit
) -> None:
    page = sit_down(world.tess)
    files_of(page, ticket)
    alarms: list[str] = []

    def heard(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.context.expose_function("ranForUs", lambda: alarms.append("ran"))
    page.on("dialog", heard)
    page.evaluate("() => { window.alarm = 0; }")
    act = "(top.ranForUs||(()=>0))();alert(1)"
    payloads = list(product(HOLDERS, ENDINGS))
    kept = [attached(world, ticket, f"x.{end}", holder.format(act).encode()) for holder, end in payloads]
    assert len(kept) == 120
    addresses = [f"/psa/tickets/{ticket.number}/files/{one.pk}" for one in kept]
    for number in range(0, len(addresses), 20):
        page.evaluate(
            """addresses => Promise.all(addresses.map((address) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.addEventListener("load", done);
                setTimeout(done, 400);
                frame.src = address;
                document.body.append(frame);
            })))""",
            addresses[number : number + 20],
        )
    assert alarms == []
    page.evaluate("ranForUs()")
    assert alarms == ["ran"], "the alarm works"

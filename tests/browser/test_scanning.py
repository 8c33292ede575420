"""Parts by scanner: wherever the focus is, whatever the code begins with, and never what was not meant."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browser.conftest import Sit
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import UsedPart
from world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def shelved(world: World, code: str) -> Product:
    product = Product.objects.add(
        by=world.max, sku="RM2", name="Fuser kit", barcode=code, price=Decimal(50), tax=world.exempt, shelf="B3"
    )
    product.receive(4, by=world.max, reason="delivery")
    return product


@pytest.mark.parametrize("code", ["4006381333931", "c128-a400", "tnasp-9-[]"])
@pytest.mark.parametrize("focus", ["body", "button", "link"])
def test_a_scan_anywhere_on_the_tab_uses_the_part(
    world: World, ticket: Ticket, sit_down: Sit, code: str, focus: str
) -> None:
    product = shelved(world, code)
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    page.evaluate(
        """([focus, code]) => {
            document.activeElement.blur();
            if (focus === "button") document.querySelector("#parts form .btn").focus();
            if (focus === "link") document.querySelector(".tab").focus();
            const press = (key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            for (const key of [...code, "Enter"]) document.activeElement.dispatchEvent(press(key));
        }""",
        [focus, code],
    )
    expect(page.locator("#parts tbody tr")).to_have_count(1)
    assert UsedPart.objects.get().product == product
    assert page.url.endswith("?tab=parts")


def test_a_key_is_still_a_key_there(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("[")
    expect(page.locator(".tab.is-here")).to_contain_text("Services")


def test_an_unknown_code_takes_nothing_then_or_later(world: World, ticket: Ticket, sit_down: Sit) -> None:
    shelved(world, "4006381333931")
    page = sit_down(world.tess)
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    page.evaluate(
        """code => {
            document.activeElement.blur();
            for (const key of [...code, "Enter"])
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        }""",
        "9999999999999",
    )
    expect(page.get_by_text("Nothing fits “9999999999999”")).to_be_visible()
    page.get_by_role("combobox", name="Part").fill("b3")
    expect(page.get_by_role("option", name="Fuser kit")).to_be_visible()
    expect(page.get_by_role("option", name="Fuser kit")).to_contain_text("shelf B3")
    assert not UsedPart.objects.exists()


def test_the_camera_reads_where_the_browser_can(world: World, ticket: Ticket, sit_down: Sit) -> None:
    shelved(world, "4006381333931")
    page = sit_down(world.tess, width=390)
    page.add_init_script(
        """
        window.BarcodeDetector = class { async detect() { return [{ rawValue: "4006381333931" }]; } };
        Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => new MediaStream() } });
        HTMLMediaElement.prototype.play = async () => {};
        """
    )
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("#parts tbody tr")).to_have_count(1)
    assert UsedPart.objects.count() == 1


def test_without_a_reader_there_is_no_camera_button(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(world.tess)
    page.add_init_script("delete window.BarcodeDetector;")
    page.goto(f"/psa/tickets/{ticket.number}/?tab=parts")
    expect(page.locator("[data-scan-camera]")).to_be_hidden()

"""The customer on his phone, in Hebrew: he chooses, signs with his finger, pays the deposit; the bill has it."""

import io
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser.axe import axe
from browser.conftest import Sit
from browser.test_customer import PHONE, fits, link_in_mail, sara
from mainspring.billing.models import Invoice, Standing
from mainspring.crm.models import Contact
from mainspring.estimates.models import Answer, Draft
from mainspring.estimates.sending import send
from mainspring.estimates.tests.offers import line, sent
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["sara"]

Points = list[tuple[float, float]]
STROKE: Points = [(0.1, 0.6), (0.25, 0.3), (0.4, 0.7), (0.6, 0.35), (0.9, 0.55)]


def places(page: Page, points: Points) -> Points:
    """Parts of the pad as places on the screen."""
    pad = page.locator("[data-signature] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw_by_finger(page: Page, points: Points) -> None:
    first, *others = places(page, points)
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})

    touch("touchStart", first)
    for place in others:
        touch("touchMove", place)
    touch("touchEnd")


def draw_by_mouse(page: Page, points: Points) -> None:
    first, *others = places(page, points)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def kept(page: Page) -> str:
    return page.locator("input[name=drawing]").input_value()


def ink(page: Page) -> int:
    """How many points of the pad are drawn on."""
    return int(page.evaluate(
        "() => { const pad = document.querySelector('[data-signature] canvas');"
        "return pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data.filter((_, i) => i % 4 === 3)"
        ".filter(Boolean).length; }"
    ))  # fmt: skip


@pytest.fixture
def offered(world: World, sara: Contact) -> Ticket:
    ticket = Ticket.objects.open("המסך שבור", by=world.fay, contact=sara, assignee=world.tess)
    draft = Draft.objects.create(ticket=ticket, deposit_percent=Decimal(50), text="המסך והמגע שבורים.")
    line(draft, "100", "0", description="החלפת מסך")
    line(draft, "20", "0", choice="any", description="מגן מסך")
    line(draft, "30", "0", choice="one", group="מסך", description="תואם")
    line(draft, "50", "0", choice="one", group="מסך", description="מקורי")
    send(ticket, by=world.tess)
    return ticket


def test_he_chooses_signs_with_his_finger_and_pays_the_deposit(world: World, offered: Ticket, sit_down: Sit) -> None:
    page = sit_down(None, **PHONE)
    page.goto(link_in_mail("estimate", "e"))
    fits(page)
    expect(page.locator("#estimate-sum")).to_contain_text("130")
    page.get_by_label("מגן מסך").check()
    page.get_by_label("מקורי").check()
    expect(page.locator("#estimate-sum")).to_contain_text("170")
    expect(page.locator("#estimate-sum")).to_contain_text("85")
    page.locator("[name=name]").fill("שרה כהן")
    scrolled = page.evaluate("scrollY")
    draw_by_finger(page, STROKE)
    assert kept(page).startswith("data:image/png;base64,") and ink(page) > 1000
    assert abs(page.evaluate("scrollY") - scrolled) < 900, "the finger draws, and does not move the page away"
    fits(page)
    assert axe(page) == []
    page.locator("button[value=approve]").click()
    expect(page.locator(".signature-drawn")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.querySelector('.signature-drawn').naturalWidth") > 100
    answer = Answer.objects.get()
    drawn = Image.open(io.BytesIO(bytes(answer.signature)))
    assert answer.name == "שרה כהן" and answer.total == 170 and any(drawn.histogram()[:100])
    fits(page)
    page.locator(".portal-owed .btn-primary").click()
    page.locator("form button[name=gateway]").click()
    page.locator("form button[type=submit].btn-primary").click()
    expect(page.locator(".public-status")).to_be_visible()
    deposit = answer.deposit
    assert deposit is not None and Standing.objects.get(invoice=deposit).balance == 0

    desk = sit_down(world.tess)
    desk.goto("/psa/estimates/?show=approved")
    assert axe(desk) == []
    desk.get_by_role("link", name=answer.estimate.code).click()
    expect(desk.locator(".bill-line").filter(has_text="מגן מסך").first).to_be_visible()
    expect(desk.locator(".signature-drawn")).to_be_visible()
    expect(desk.locator(".bill")).to_contain_text("less the deposit, paid")
    expect(desk.locator(".bill")).to_contain_text("$85.00")
    assert axe(desk) == []
    offered.resolve(by=world.tess)
    final = Invoice.objects.get(purpose=Invoice.Purpose.FINAL)
    assert (final.total, Standing.objects.get(invoice=final).balance) == (Decimal(170), Decimal(85))
    page.goto(link_in_mail("final_invoice", "pay"))
    expect(page.locator(".public-status")).to_contain_text("85")
    Worker().run_all()
    assert {"estimate_approved", "estimate_answered"} <= set(OutgoingMail.objects.values_list("kind", flat=True))


def test_the_pad_takes_back_a_stroke_clears_and_keeps_what_is_drawn(world: World, sara: Contact, sit_down: Sit) -> None:
    sent(world)
    page = sit_down(None)
    page.goto(link_in_mail("estimate", "e"))
    draw_by_mouse(page, STROKE)
    one = ink(page)
    draw_by_mouse(page, [(0.2, 0.9), (0.8, 0.9)])
    two = ink(page)
    assert two > one > 0
    undo, clear = page.locator("[data-undo-stroke]"), page.locator("[data-clear]")
    undo.click()
    assert ink(page) == one
    clear.click()
    assert (ink(page), kept(page)) == (0, "")
    undo.click()
    assert ink(page) == one and kept(page), "clearing is taken back too"
    undo.click()
    undo.click()
    assert (ink(page), kept(page)) == (0, "")
    draw_by_mouse(page, STROKE)
    page.evaluate("document.querySelector('[name=name]').removeAttribute('required')")
    page.locator("button[value=approve]").click()
    expect(page.locator(".wrong")).to_contain_text("Type your name to sign.")
    page.wait_for_function("document.querySelector('[data-signature]').classList.contains('is-drawn')")
    page.locator("[name=name]").fill("Carol")
    page.locator("button[value=approve]").click()
    expect(page.locator(".signature-drawn")).to_be_visible()
    assert any(Image.open(io.BytesIO(bytes(Answer.objects.get().signature))).histogram()[:100])


def test_with_the_keyboard_alone_the_typed_name_signs(world: World, sara: Contact, sit_down: Sit) -> None:
    sent(world)
    page = sit_down(None)
    page.goto(link_in_mail("estimate", "e"))
    page.locator("[name=name]").focus()
    page.keyboard.type("Carol")
    page.keyboard.press("Enter")
    expect(page.locator(".public-status")).to_contain_text("You approved this estimate")
    assert bytes(Answer.objects.get().signature) == b""

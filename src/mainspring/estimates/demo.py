"""The demo shop's estimates: one in each state, and a deposit that is paid."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from django.utils import timezone
from PIL import Image, ImageDraw

from mainspring.accounts.models import Person
from mainspring.billing.settling import settle
from mainspring.core.text import Translated
from mainspring.estimates.answering import Signature, approve, decline, expire
from mainspring.estimates.drawing import SIZE
from mainspring.estimates.models import Choice, Draft, DraftLine, Terms
from mainspring.estimates.sending import send
from mainspring.inventory.models import Product
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service

ADDRESS, BROWSER = "203.0.113.17", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/605.1"
STROKES = [(90, 250), (170, 110), (220, 290), (300, 150), (360, 260), (450, 130), (520, 270), (700, 160), (880, 230)]
AGO = timedelta(days=20)


def build(*, by: Person) -> None:
    """On the tickets of the day: a screen waits for Sara, a battery is approved, a tune-up declined, a router late."""
    Terms.change(
        by=by,
        text=Translated(
            en="Parts and work carry a warranty of six months.", he="אחריות של שישה חודשים על החלקים ועל העבודה."
        ),
    )
    tess = Person.objects.get(email="tess@mainstreet.example")
    approved(ticket_of("T14"), by=tess)
    declined(ticket_of("OptiPlex 7010"), by=tess)
    with long_ago():
        late = send(offered(ticket_of("hAP ax3"), "New access point, mounted", "240", days=7), by=tess)
    expire(late)
    waiting(ticket_of("iPhone 14"), by=tess)


def ticket_of(model: str) -> Ticket:
    return Ticket.objects.with_people().get(device__model=model)


def offered(ticket: Ticket, text: str, price: str, *, days: int = 14, **terms: Decimal) -> Ticket:
    """The ticket with a draft of one line."""
    draft = Draft.objects.create(ticket=ticket, valid_days=days, **terms)
    line(draft, kind="other", description=text, unit_price=Decimal(price))
    return ticket


def line(draft: Draft, **columns: object) -> None:
    DraftLine.objects.create(**{"draft": draft, "quantity": Decimal(1), "tax_percent": Decimal(0), **columns})


def waiting(ticket: Ticket, *, by: Person) -> None:
    """In Hebrew, with a screen to choose, a film if wanted, and a third in advance."""
    draft = Draft.objects.create(ticket=ticket, deposit_percent=Decimal(30), text="המסך והמגע שבורים, השאר תקין.")
    repair = Service.objects.get(name__en="Standard repair")
    line(draft, kind="labour", service=repair, description="החלפת מסך", unit_price=repair.price)
    screen = Product.objects.get(sku="SCR-IP14")
    one = {"choice": Choice.ONE, "group": "מסך"}
    line(draft, kind="part", product=screen, description="מסך מקורי", unit_price=screen.price, **one)
    line(draft, kind="other", description="מסך תואם", unit_price=Decimal(75), **one)
    line(draft, kind="other", description="מגן מסך", unit_price=Decimal(12), choice=Choice.ANY)
    send(ticket, by=by)


def approved(ticket: Ticket, *, by: Person) -> None:
    """Signed with the finger; the deposit came by card."""
    draft = Draft.objects.create(ticket=ticket, deposit_percent=Decimal(50), text="The battery holds a third.")
    battery = Product.objects.get(sku="BAT-56-L")
    line(draft, kind="part", product=battery, description=battery.name, unit_price=battery.price)
    line(draft, kind="other", description="Cleaning of the fan", unit_price=Decimal(15), choice=Choice.ANY)
    estimate = send(ticket, by=by)
    ticked = {one.pk for one in estimate.lines.all()}
    answer = approve(estimate, ticked, Signature("Jonas Weber", drawn(), ADDRESS, BROWSER))
    if answer.deposit:
        settle(answer.deposit, answer.deposit.total, method="link", by=ticket.contact, reference="demo payment")


def declined(ticket: Ticket, *, by: Person) -> None:
    estimate = send(offered(ticket, "New SSD, with everything moved onto it", "189"), by=by)
    decline(estimate, "We rather buy a new one.", address=ADDRESS, user_agent=BROWSER)


def drawn() -> bytes:
    """A signature as a finger leaves it."""
    paper = Image.new("L", SIZE, 255)
    ImageDraw.Draw(paper).line(STROKES, fill=20, width=7, joint="curve")
    made = io.BytesIO()
    paper.save(made, "PNG")
    return made.getvalue()


@contextmanager
def long_ago() -> Iterator[None]:
    """What is sent here was sent three weeks ago: no verb can be told another day, and no row be changed after it."""
    then = timezone.now() - AGO
    with patch("django.utils.timezone.now", lambda: then):
        yield

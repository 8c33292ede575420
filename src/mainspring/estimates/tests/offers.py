"""Estimates for the tests: written, sent, drawn under."""

import base64
import io
from decimal import Decimal

from PIL import Image, ImageDraw

from mainspring.estimates.models import Draft, DraftLine, Estimate
from mainspring.estimates.sending import send
from mainspring.tickets.models import Ticket
from world import World


def line(draft: Draft, price: str, tax: str = "17", choice: str = "always", group: str = "", **more: object) -> None:
    columns = {"kind": "other", "description": f"Line {price}", "quantity": Decimal(1), **more}
    DraftLine.objects.create(
        draft=draft, unit_price=Decimal(price), tax_percent=Decimal(tax), choice=choice, group=group, **columns
    )


def sent(world: World, **terms: object) -> Estimate:
    """100 always, 20 if wanted, 30 or 50 of a group; 17 per cent tax on each."""
    ticket = Ticket.objects.open("No picture", by=world.fay, contact=world.carol, assignee=world.tess)
    draft = Draft.objects.create(ticket=ticket, **terms)
    line(draft, "100")
    line(draft, "20", choice="any")
    line(draft, "30", choice="one", group="Screen")
    line(draft, "50", choice="one", group="Screen")
    return send(ticket, by=world.tess)


def drawing(size: tuple[int, int] = (1000, 400), *, ink: str = "#101828", form: str = "PNG", **how: object) -> bytes:
    """A stroke across the pad, on nothing."""
    pad = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(pad).line([(size[0] // 9, size[1] // 2), (size[0] // 2, size[1] // 4), size], fill=ink, width=6)
    made = io.BytesIO()
    (pad if form == "PNG" else pad.convert("RGB")).save(made, form, **how)
    return made.getvalue()


def as_address(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()

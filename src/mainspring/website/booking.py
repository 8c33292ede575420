"""A repair booked on the public site: a ticket as from a stranger."""

from django.db import transaction

from mainspring.crm.models import Contact, Device, DeviceKind
from mainspring.tickets.models import Channel, Ticket

SUBJECT = 80


@transaction.atomic
def book(
    *, name: str, email: str, phone: str, kind: DeviceKind | None, model: str, problem: str, language: str
) -> Ticket:
    """Open the ticket, for the contact with this mail address or a new one. Anybody can write under anybody's address:
    nothing we know of him changes, and the confirmation holds none of these words."""
    known = Contact.objects.reached_at(email=email).select_related("business").order_by("id").first()
    contact = known or Contact.add(by=None, name=name, email=email, phone=phone, language=language)
    device = None
    if kind is not None and known is None:
        device = Device.add(by=contact, kind=kind, owner=contact, model=model)
    told = "" if device or not (kind or model) else f"{kind or ''} {model}".strip()
    said = [problem, told, f"{name}, {phone}".strip(", ") if known else ""]
    first = " ".join(problem.split())
    subject = first if len(first) <= SUBJECT else first[:SUBJECT].rsplit(" ", 1)[0] + " …"
    return Ticket.objects.open(
        subject,
        by=contact,
        contact=contact,
        device=device,
        description="\n\n".join(filter(None, said)),
        channel=Channel.SITE,
    )

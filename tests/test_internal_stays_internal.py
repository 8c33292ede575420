"""What is internal reaches nobody outside: canaries in everything that is, searched through every way out.

RELIABILITY 48. Fifty random tickets in the suite; `CANARY_TICKETS=500` for the full run, `CANARY_SEED` for another one.
"""

import io
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from api_world import caller
from mainspring.accounts.models import Person
from mainspring.billing.models import Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import pay_link
from mainspring.crm.models import Account, Contact
from mainspring.estimates import drafting
from mainspring.estimates.drafting import Wanted
from mainspring.estimates.models import Draft, Estimate
from mainspring.estimates.sending import send
from mainspring.events.models import TaskRow
from mainspring.events.worker import Worker
from mainspring.files.models import StoredFile
from mainspring.inventory.models import Product
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.links import ticket_link
from mainspring.tickets.models import Attachment, Status, StatusKind, Ticket
from mainspring.tickets.models.message import MessageQuerySet
from mainspring.vault.additions import keep_passcode
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, HandIn, Share
from mainspring.work.models import Service, add_service, use_part
from world import PASSWORD, World

TICKETS = int(os.environ.get("CANARY_TICKETS", "50"))
SEED = int(os.environ.get("CANARY_SEED", "1042"))
COST = Decimal("731.73")  # no moment is written like this

Act = Callable[["Teller"], None]


@dataclass
class Teller:
    """Lives through a ticket's day at random, and remembers what nobody outside may read, and what he must."""

    world: World
    ticket: Ticket
    dice: random.Random
    service: Service
    product: Product
    canaries: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def canary(self) -> str:
        self.canaries.append(f"canary{self.dice.getrandbits(48):012x}")
        return self.canaries[-1]

    def visible(self) -> str:
        self.spoken.append(f"visible{self.dice.getrandbits(48):012x}")
        return self.spoken[-1]

    def live(self) -> None:
        for act in self.dice.choices(ACTS, k=self.dice.randint(4, 9)):
            act(self)
        if self.dice.random() < 0.7:
            self.ticket.resolve(by=self.world.tess)


def write_internally(teller: Teller) -> None:
    file = StoredFile.keep(teller.canary().encode(), name=f"{teller.canary()}.txt")
    teller.ticket.write_internally(f"He must not know: {teller.canary()}", by=teller.world.tess, files=[file])


def write(teller: Teller) -> None:
    teller.ticket.write(teller.visible(), by=teller.world.tess, question=teller.dice.random() < 0.3)


def write_and_take_back(teller: Teller) -> None:
    assert teller.ticket.write(teller.canary(), by=teller.world.tess).take_back(by=teller.world.tess)


def attach_internally(teller: Teller) -> None:
    file = StoredFile.keep(teller.canary().encode(), name=f"{teller.canary()}.txt")
    teller.ticket.attach(file, by=teller.world.tess, internal=True)


def upload_internally(teller: Teller) -> None:
    """By the desk's own door, with the box ticked."""
    desk = Client()
    desk.force_login(teller.world.tess)
    upload = SimpleUploadedFile(f"{teller.canary()}.txt", teller.canary().encode())
    answer = desk.post(f"/psa/tickets/{teller.ticket.number}/attach", {"files": upload, "internal": "1"})
    assert answer.status_code == 303


def use_the_vault(teller: Teller) -> None:
    """Credentials of the ticket and of its customer: kept, looked at, shared, handed in by a link, changed, removed."""
    tess, keep = teller.world.tess, Credential.objects.keep
    passcode = keep_passcode(teller.ticket, teller.canary(), by=tess)
    passcode.look("secret", by=tess, reason=teller.canary(), ticket=teller.ticket)
    whole = Contents(user=teller.canary(), secret=teller.canary(), url=teller.canary(), notes=teller.canary())
    router = keep(teller.world.carol, whole, kind="router", name=teller.canary(), by=tess, people=[tess])
    Share.objects.make(router, by=tess, reason=teller.canary(), lasts=timedelta(hours=1))
    asked, _token = HandIn.objects.make(
        teller.ticket, kind="wifi", name="The Wi-Fi", says="", contact=teller.world.carol, by=tess
    )
    asked.answer(Contents(secret=teller.canary()))
    router.amend(by=tess, secret=teller.canary())
    router.remove(by=tess)


def write_an_estimate(teller: Teller) -> None:
    """Begun and not sent: the customer knows nothing of it. The one before was sent, and is his to read."""
    tess, ticket = teller.world.tess, teller.ticket
    if Draft.of(ticket).pk is None:
        lines = [Wanted(Decimal(1), product=teller.product, description=teller.visible())]
        drafting.add_lines(ticket, lines)
        send(ticket, by=tess)
    drafting.keep(ticket, text=teller.canary())
    drafting.add_lines(ticket, [Wanted(Decimal(1), service=teller.service, description=teller.canary())])


def hear_a_stranger(teller: Teller) -> None:
    teller.ticket.stranger_wrote(teller.canary(), name=f"Mallory {teller.canary()}")


def hear_the_customer(teller: Teller) -> None:
    teller.ticket.customer_replied(teller.visible(), by=teller.world.carol)


def work(teller: Teller) -> None:
    add_service(teller.ticket, teller.service, by=teller.world.tess)


def take_part(teller: Teller) -> None:
    use_part(teller.ticket, teller.product, Decimal(1), by=teller.world.tess)


def move(teller: Teller) -> None:
    teller.ticket.become(Status.first_of(StatusKind.IN_PROGRESS), by=teller.world.tess)
    teller.ticket.move_due(timezone.now() + timedelta(days=2), by=teller.world.tess)


ACTS: list[Act] = [
    write_internally,
    write_internally,
    write,
    write_and_take_back,
    attach_internally,
    upload_internally,
    use_the_vault,
    write_an_estimate,
    hear_a_stranger,
    hear_the_customer,
    work,
    take_part,
    move,
]


def let_a_day_pass() -> None:
    """Everything that is due, now or later, happens."""
    for _round in range(3):
        TaskRow.objects.filter(state="waiting").update(run_after=timezone.now())
        OutgoingMail.objects.filter(state="waiting").update(not_before=timezone.now())
        Worker().run_all()


def ways_out(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Everything of this ticket that leaves the shop, each with its name: mails, papers, pages behind links."""
    for mail in OutgoingMail.objects.of_stream(f"ticket:{ticket.pk}"):
        if mail.address.endswith("@mainstreet.example"):
            continue
        yield f"mail {mail.kind}", f"{mail.subject}\n{mail.text}\n{mail.html}\n{mail.headers}\n{mail.to}"
        for part in mail.parts.all():
            content = bytes(part.content)
            yield f"{part.name} of mail {mail.kind}", content.decode("latin-1") + _read_paper(content)
    outside, reader = Client(), ticket.contact
    assert reader is not None
    yield "the ticket's page", outside.get(_path(ticket_link(ticket, reader))).content.decode()
    yield "what the open page asks for", outside.get(_path(ticket_link(ticket, reader)) + "/news").content.decode()
    inside = Client()
    inside.force_login(_account_of(reader))
    for path in (f"tickets/{ticket.number}", "", "invoices/", "statement", "devices"):
        yield f"the portal's {path}", inside.get(f"/portal/{path}").content.decode()
    for kept in Attachment.objects.filter(ticket=ticket):
        for client, start in (
            (outside, _path(ticket_link(ticket, reader))),
            (inside, f"/portal/tickets/{ticket.number}"),
        ):
            answer = client.get(f"{start}/files/{kept.pk}")
            yield f"the file {kept.pk}", answer.getvalue().decode() if answer.status_code == 200 else ""
    yield from _by_the_api(ticket)
    for invoice in Invoice.objects.of_ticket(ticket):
        yield f"the paper {invoice.code}", _read_paper(pdf_of(invoice))
        yield f"the page of {invoice.code}", outside.get(_path(pay_link(invoice))).content.decode()


def _account_of(reader: Contact) -> Person:
    known = Person.objects.filter(accounts__contact=reader).first()
    return known or Account.open(reader, email=reader.email, name=reader.name, password=PASSWORD)


def _by_the_api(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """What the customer's own token reads of the ticket: every list, and the content of every file."""
    assert ticket.contact is not None
    program = caller(ticket.contact)
    own = f"/my/tickets/{ticket.number}"
    sent = [f"/my/estimates/{one.pk}" for one in Estimate.objects.filter(ticket=ticket)]
    lists = (f"{own}/notes?limit=100", f"{own}/files?limit=100", "/my/tickets?limit=100", "/my/invoices")
    for path in (own, *lists, "/my/estimates?limit=100", *sent, *(f"{one}/sum" for one in sent)):
        yield f"the API's {path}", program.get(path).content.decode()
    for file in program.get(f"{own}/files").json()["items"]:
        yield (
            "a file by the API",
            b"".join(program.get(f"{own}/files/{file['id']}").streaming_content).decode("latin-1"),
        )
    for kept in ticket.attachments.filter(removed_at=None):
        yield "a file by its number", program.get(f"{own}/files/{kept.pk}").getvalue().decode("latin-1")
    yield "the staff's draft", program.get(f"/tickets/{ticket.number}/estimate-draft").content.decode()
    for one in sent:
        yield "the paper of an estimate", _read_paper(program.get(f"{one}/pdf").content)
    yield "the staff's notes", program.get(f"/tickets/{ticket.number}/notes").content.decode()


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def _read_paper(content: bytes) -> str:
    """Text, metadata and attached files of a PDF; nothing of other content."""
    if not content.startswith(b"%PDF"):
        return ""
    paper = PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in paper.pages]
    attached = [data.decode("utf-8", "replace") for files in paper.attachments.values() for data in files]
    streams = [str(paper.metadata), paper.xmp_metadata.stream.get_data().decode() if paper.xmp_metadata else ""]
    return "\n".join([*texts, *attached, *streams])


def leaks(teller: Teller) -> list[str]:
    forbidden = [*teller.canaries, str(COST)]
    return [f"{what} in {where}" for where, said in ways_out(teller.ticket) for what in forbidden if what in said]


@pytest.fixture
def told(world: World) -> Callable[[int], Teller]:
    service = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    product = Product.objects.add(by=world.max, name="Fuser", sku="F-1", price=Decimal(50), cost=COST, tax=world.vat)
    product.receive(10_000, by=world.max, reason="first delivery")

    def tell(seed: int) -> Teller:
        ticket = Ticket.objects.open("It does not start", by=world.fay, contact=world.carol, device=world.printer)
        teller = Teller(world, ticket, random.Random(seed), service, product)
        teller.live()
        return teller

    return tell


@pytest.mark.matrix
@pytest.mark.django_db
def test_nothing_internal_gets_out(told: Callable[[int], Teller]) -> None:
    tellers = [told(SEED + place) for place in range(TICKETS)]
    let_a_day_pass()
    found = [leak for teller in tellers for leak in leaks(teller)]
    assert found == [], f"{len(found)} leaks, seed {SEED}"
    assert sum(len(teller.canaries) for teller in tellers) > 3 * TICKETS
    assert OutgoingMail.objects.count() > TICKETS


@pytest.mark.django_db
def test_what_is_said_to_the_customer_reaches_him(told: Callable[[int], Teller]) -> None:
    """The search looks where things are: what was said is found there."""
    teller = told(SEED)
    write(teller)
    let_a_day_pass()
    everything = "".join(said for _where, said in ways_out(teller.ticket))
    assert [word for word in teller.spoken if word not in everything] == []


@pytest.mark.django_db
def test_without_the_guard_the_search_finds_the_leak(
    told: Callable[[int], Teller], monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = told(SEED)
    write_internally(teller)
    monkeypatch.setattr(MessageQuerySet, "for_customer", MessageQuerySet.standing)
    assert leaks(teller) != []

"""A person is erased: words of his are looked for in every table, file and index, and stand on lawful papers alone."""

import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client, TestCase
from django.utils import timezone

from mainspring.accounts.entering import PROVED_AT
from mainspring.accounts.models import AccessToken, MailedKey, Person
from mainspring.billing.issuing import FinalInvoice
from mainspring.core import search
from mainspring.core.search import Hit
from mainspring.crm.models import Account, Contact, Device, DeviceKind, Joining
from mainspring.estimates.models import Draft as EstimateDraft
from mainspring.events.chain import seal
from mainspring.events.models import Event, TaskRow, record
from mainspring.events.verifying import verify
from mainspring.events.worker import Worker
from mainspring.files.models import StoredFile, root
from mainspring.inbox.models import ReceivedMail, Source
from mainspring.inbox.models.received import receive
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.privacy.erasing import ERASED
from mainspring.privacy.events import PERSON_ERASED
from mainspring.privacy.models import Consent, Erasure, Export
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Draft, Message, SavedView, Ticket
from mainspring.vault.additions import keep_passcode
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential
from mainspring.webhooks.models import Delivery, Hook
from mainspring.work.models import Service, add_service
from world import AsPerson, World

NAME, EMAIL, PHONE, STREET = "Zelda Quirrelwood", "zelda@quirrel.example", "054-555-7731", "7 Canary Alley"
CANARIES = {
    "name": "Quirrelwood",
    "mail": "zelda@quirrel",
    "phone": "5557731",
    "street": "Canary Alley",
    "remarks": "remarkcanary",
    "title": "titlecanary",
    "serial": "SERIALCANARY9",
    "subject": "subjectcanary",
    "description": "describecanary",
    "note": "notecanary",
    "internal": "internalcanary",
    "raw mail": "rawcanary",
    "file name": "filenamecanary",
    "file text": "filetextcanary",
    "sent mail": "sentcanary",
    "draft": "draftcanary",
    "event": "eventcanary",
    "task": "taskcanary",
    "session": "sessioncanary",
    "token": "tokencanary",
    "rating": "ratingcanary",
    "estimate": "estimatecanary",
    "consent": "consentcanary",
    "name of a credential": "locknamecanary",
}
LAWFUL = {"billing_invoice": {"name", "street", "mail", "phone"}}
"""On which table which words may stay: the name and address on issued papers."""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    """No file of another test lies beside ours."""
    ours = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": ours}


@pytest.fixture
def zelda(world: World) -> Contact:
    """A customer who left a trace everywhere."""
    zelda = Contact.add(
        by=world.fay, name=NAME, email=EMAIL, phone=PHONE, street=STREET, city="Haifa", title="titlecanary",
        remarks="remarkcanary: mind the dog", wants_news=True,
    )  # fmt: skip
    kind = DeviceKind.objects.get(name="Printer")
    device = Device.add(by=world.fay, kind=kind, owner=zelda, maker="HP", model="M1", serial="SERIALCANARY9")
    Hook.objects.add(url="https://nowhere.invalid/hook", kinds=["ticket.opened"], by=world.max)
    ticket = Ticket.objects.open(
        "subjectcanary is blank", by=world.fay, contact=zelda, device=device, description="describecanary"
    )
    file = StoredFile.keep(b"filetextcanary in a file", name="filenamecanary.txt")
    ticket.write(f"Dear {NAME}, notecanary", by=world.tess, files=[file], on_invoice=False)
    ticket.write_internally("internalcanary", by=world.tess)
    keep_passcode(ticket, "4711", by=world.tess)
    for home in (zelda, device):
        Credential.objects.keep(home, Contents(secret="vaultcanary"), kind="free", name="locknamecanary", by=world.tess)
    head = f"From: {NAME} <{EMAIL}>\r\nTo: desk@mainstreet.example\r\nSubject: rawcanary\r\nMessage-ID: <1@q>\r\n"
    raw = f"{head}\r\nrawcanary\r\n"
    receive(raw.encode(), source=Source.PIPE)
    OutgoingMail.objects.post(
        key="canary", kind="note", to=[(NAME, EMAIL)], subject="sentcanary", text="sentcanary",
        enclosures=[Enclosure("a.txt", "text/plain", b"sentcanary")],
    )  # fmt: skip
    Draft.objects.create(person=world.tess, place=f"ticket:{ticket.pk}:reply", content={"text": "draftcanary"})
    record_in_its_own_transaction(world, ticket)
    TaskRow.objects.create(
        name="chore",
        args=["taskcanary", EMAIL],
        error=f"{NAME} taskcanary",
        state=TaskRow.State.DONE,
        finished_at=timezone.now(),
    )
    person = Account.open(zelda, email=EMAIL, name=NAME, password="correct horse battery")
    client = Client()
    client.force_login(person)
    session = client.session
    session["typed"] = "sessioncanary"
    session.save()
    AccessToken.objects.make(holder=person, name="tokencanary", scopes=["*"], expires_at=None, by=person)
    MailedKey.objects.make("sign_in", EMAIL, person=person, handle="zelda")
    Joining.ask(email=EMAIL, name=NAME)
    Rating.objects.create(ticket=ticket, contact=zelda, stars=1, comment="ratingcanary")
    EstimateDraft.objects.create(ticket=ticket, text="estimatecanary", valid_days=10)
    Consent.objects.create(contact=zelda, about="news", words="consentcanary", is_given=True, by_himself=True)
    SavedView.keep("Hers", by=world.tess, line=f'from:"{NAME}"', sort="-updated")
    service = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    add_service(ticket, service, by=world.tess)
    FinalInvoice(ticket).issue(by=world.bill)
    Export.objects.ask(zelda, by=zelda)
    others = Ticket.objects.open("A router", by=world.fay, contact=world.carl)
    others.write(f"Fetched for Carl by {NAME} ({EMAIL.upper()}, {PHONE}).", by=world.fay)
    Worker().run_all()
    return zelda


def record_in_its_own_transaction(world: World, ticket: Ticket) -> None:
    from mainspring.tickets.events import TICKET_AMENDED

    record(TICKET_AMENDED, ticket, by=world.tess, data={"fields": "eventcanary", "changes": {"x": ["", "eventcanary"]}})


def everything() -> Iterator[tuple[str, str]]:
    """Every row of every table, as the text a dump would have; sessions and bytes read, too."""
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    is_bytes = isinstance(value, (bytes, memoryview))
                    yield table, (bytes(value).decode("utf-8", "replace") if is_bytes else str(value)).lower()
                if table == "django_session":
                    yield table, str(engine().decode(row[1])).lower()


def leaks() -> set[tuple[str, str]]:
    """Which words stand on which tables, but for lawful papers, and in which files."""
    found = set()
    for table, text in everything():
        for what, canary in CANARIES.items():
            if canary.lower() in text and what not in LAWFUL.get(table, ()):
                found.add((table, what))
    for path in root().rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            found |= {("files", what) for what, canary in CANARIES.items() if canary.lower().encode() in content}
    return found


def erased(zelda: Contact, world: World) -> Erasure:
    with TestCase.captureOnCommitCallbacks(execute=True):
        erasure = Erasure.objects.ask(zelda, by=world.max)
        Worker().run_all()
    erasure.refresh_from_db()
    assert list(TaskRow.objects.exclude(error="").values_list("error", flat=True)) == []
    return erasure


def test_nothing_of_an_erased_person_is_left_but_lawful_papers(zelda: Contact, world: World) -> None:
    before = leaks()
    assert {what for _table, what in before} == set(CANARIES), "each word has to be there to be missed"
    assert Delivery.objects.exclude(body="").exists()
    assert erased(zelda, world).is_done
    assert leaks() == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_name FROM billing_invoice")
        assert [name for (name,) in cursor.fetchall()] == [NAME], "the paper stays as it was issued"
    assert Event.objects.filter(kind=PERSON_ERASED.name).count() == 1


def test_the_trail_holds_after_it(zelda: Contact, world: World) -> None:
    seal()
    erased(zelda, world)
    assert verify().holds
    seal(all_of_it=True)
    assert verify().holds
    forgotten = Event.objects.filter(subject=zelda.actor_key, mark=None)
    assert forgotten.exists() and all(str(one) for one in forgotten)


def rows_of(world: World) -> list[Any]:
    """What is another customer's."""
    kept: list[Any] = [model_to_dict(one) for one in (world.carl, world.carol, world.acme, world.printer)]
    kept += [model_to_dict(one) for one in Person.objects.staff().order_by("pk")]
    for ticket in Ticket.objects.filter(contact__in=[world.carl, world.carol]).order_by("pk"):
        kept.append(model_to_dict(ticket, exclude=["status"]))
        kept += [model_to_dict(said) for said in Message.objects.filter(ticket=ticket, contact__isnull=False)]
    return kept


def test_others_are_unharmed(zelda: Contact, world: World) -> None:
    hers = Ticket.objects.get(contact=zelda, subject__startswith="subjectcanary")
    hers.join(world.carl, by=world.fay)
    hers.customer_replied("Carl speaks here.", by=world.carl)
    before = rows_of(world)
    erased(zelda, world)
    for one in (world.carl, world.carol, world.acme, world.printer):
        one.refresh_from_db()
    assert rows_of(world) == before
    said = Message.objects.get(ticket__subject="A router")
    assert said.text == f"Fetched for Carl by {ERASED} ({ERASED}, {ERASED})."
    assert search.find("carl", kinds=["contact"]) == [Hit("contact", world.carl.pk)]
    assert search.find("quirrelwood", kinds=["contact", "ticket", "invoice", "device"]) == []


def test_what_is_not_his_alone_is_left(world: World) -> None:
    """Carol has the office's phone number."""
    ticket = Ticket.objects.open("Call the office", by=world.fay, contact=world.carl)
    ticket.write(f"Call {world.acme.phone}, not {world.carol.email}", by=world.fay)
    Erasure.objects.ask(world.carol, by=world.max)
    Worker().run_all()
    said = Message.objects.get(ticket=ticket)
    assert said.text == f"Call {world.acme.phone}, not {ERASED}"
    world.acme.refresh_from_db()
    assert world.acme.phone == "03-555-0142"


@pytest.mark.parametrize("step", range(1, 8))
def test_a_killed_erasure_goes_on(zelda: Contact, world: World, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    from mainspring.privacy.erasing import Erasing

    names = ("shut_out", "conversation", "files", "mails", "things", "mentions", "name")
    whole = getattr(Erasing, names[step - 1])

    def dies(self: Erasing) -> None:
        whole(self)
        raise RuntimeError("killed")

    asked = Erasure.objects.ask(zelda, by=world.max)
    with monkeypatch.context() as patched, TestCase.captureOnCommitCallbacks(execute=True):
        patched.setattr(Erasing, names[step - 1], dies)
        Worker().run_one()
    TaskRow.objects.filter(state=TaskRow.State.WAITING).update(run_after=timezone.now(), error="")
    with TestCase.captureOnCommitCallbacks(execute=True):
        Worker().run_all()
    asked.refresh_from_db()
    assert asked.is_done and leaks() == set()


def test_the_name_is_asked_for_before(zelda: Contact, world: World, as_person: AsPerson) -> None:
    client = as_person(world.max)
    prove(client)
    page = client.get(f"/psa/customers/{zelda.pk}/data").text
    assert "Erase for good" in page and "Invoices and credit notes" in page
    wrong = client.post(f"/psa/customers/{zelda.pk}/data/erase", {"name": "Zelda"})
    assert wrong.status_code == 422 and "Nothing was erased" in wrong.text
    assert not Erasure.objects.exists()
    right = client.post(f"/psa/customers/{zelda.pk}/data/erase", {"name": f" {NAME.lower()} "})
    assert right.status_code == 303
    Worker().run_all()
    assert "was erased" in client.get(f"/psa/customers/{zelda.pk}/data").text
    assert client.get(f"/psa/customers/{zelda.pk}/").status_code == 200


def prove(client: Client) -> None:
    """As if he had just shown who he is."""
    session = client.session
    session[PROVED_AT] = time.time()
    session.save()


def test_the_erased_cannot_sign_in_and_the_staff_sees_no_ghost(
    zelda: Contact, world: World, as_person: AsPerson
) -> None:
    person = Person.objects.get(email=EMAIL)
    erased(zelda, world)
    person.refresh_from_db()
    assert not person.is_active and person.email.endswith("@erased.invalid")
    assert not Account.objects.filter(person=person).exists()
    client = as_person(world.ada)
    for path in (
        "/psa/customers/",
        "/psa/tickets/",
        f"/psa/tickets/{Ticket.objects.filter(contact=zelda)[0].number}/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200 and "Quirrelwood" not in answer.text
    assert ReceivedMail.objects.count() == 0
    assert timedelta(0) < timezone.now() - Erasure.objects.get().asked_at

"""A person's file, what he agreed to, and letting go of what is old."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import LazySettings
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.crm.models import Account, Contact
from mainspring.events.chain import seal
from mainspring.events.models import Event
from mainspring.events.verifying import verify
from mainspring.events.worker import Worker
from mainspring.files.models import StoredFile
from mainspring.inbox.models import ReceivedMail, Source
from mainspring.inbox.models.received import receive
from mainspring.outbox.models import OutgoingMail
from mainspring.privacy.events import EXPORT_TAKEN
from mainspring.privacy.models import Consent, Export, Keeping
from mainspring.privacy.retention import let_go, what_is_old
from mainspring.privacy.tests.test_erasing import own_folder, prove
from mainspring.tickets.models import Attachment, Ticket
from world import PASSWORD, AsPerson, World

__all__ = ["own_folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def carols(world: World) -> Person:
    ticket = Ticket.objects.open("The printer hums", by=world.fay, contact=world.carol)
    file = StoredFile.keep(b"What was measured", name="measured.txt")
    ticket.write("We look at it.", by=world.tess, files=[file])
    ticket.write_internally("She is difficult.", by=world.tess)
    raw = b"From: carol@acme.example\r\nTo: desk@mainstreet.example\r\nSubject: More\r\n\r\nIt hums.\r\n"
    receive(raw, source=Source.PIPE)
    return Account.open(world.carol, email="carol@acme.example", name="Carol Mizrahi", password=PASSWORD)


def packed(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(content))


def test_a_customer_gets_his_data_and_nothing_internal(carols: Person, as_person: AsPerson) -> None:
    client = as_person(carols)
    assert client.post("/portal/data").status_code == 303
    assert "being made" in client.get("/portal/data").text
    Worker().run_all()
    export = Export.objects.get()
    assert "Download" in client.get("/portal/data").text
    answer = client.post(f"/portal/data/{export.pk}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    archive = packed(content)
    names = archive.namelist()
    assert {"person.json", "tickets.json", "invoices.json", "mails.json", "acts.json"} <= set(names)
    assert any(name.endswith("measured.txt") for name in names) and any(name.endswith(".eml") for name in names)
    everything = "".join(archive.read(name).decode("utf-8", "replace") for name in names)
    assert "We look at it." in everything and "It hums." in everything and "difficult" not in everything
    assert json.loads(archive.read("person.json"))["contacts"][0]["email"] == "carol@acme.example"
    assert Event.objects.filter(kind=EXPORT_TAKEN.name, actor=f"contact:{export.contact_id}").count() == 1


def test_the_file_expires_and_is_nobody_elses(carols: Person, world: World, as_person: AsPerson) -> None:
    Export.objects.ask(world.carol, by=world.max)
    Worker().run_all()
    export = Export.objects.get()
    sams = Account.open(world.sam, email="sam@rival.example", name="Sam", password=PASSWORD)
    assert as_person(sams).post(f"/portal/data/{export.pk}").status_code == 404
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert as_person(carols).post(f"/portal/data/{export.pk}").status_code == 404
    assert export.path.exists()
    let_go()
    assert not export.path.exists()


@pytest.mark.parametrize("asks", ["carol", "max"])
def test_who_asked_hears_when_it_is_ready_and_is_led_to_it(world: World, settings: LazySettings, asks: str) -> None:
    settings.BASE_URL = "https://shop.example"
    reader: Contact | Person = getattr(world, asks)
    Export.objects.ask(world.carol, by=reader)
    Worker().run_all()
    mail = OutgoingMail.objects.get(kind="data_ready")
    path = reverse("portal_data") if asks == "carol" else reverse("person_data", args=[world.carol.pk])
    assert (mail.address, f"https://shop.example{path}" in mail.text) == (reader.email, True)


def test_asked_twice_it_is_made_once(carols: Person, world: World, as_person: AsPerson) -> None:
    client = as_person(world.max)
    prove(client)
    for _time in range(2):
        assert client.post(f"/psa/customers/{world.carol.pk}/data/export").status_code == 303
    assert Export.objects.count() == 1


def test_what_somebody_agreed_to_is_kept_with_its_words_and_from_where(carols: Person, as_person: AsPerson) -> None:
    client = as_person(carols)
    contact = Contact.objects.get(accounts__person=carols)
    told = {"name": contact.name, "phone": contact.phone, "language": "en", "wants_updates": "on"}
    client.post("/portal/profile", {**told, "wants_news": "on"}, REMOTE_ADDR="192.0.2.9")
    client.post("/portal/profile", told, REMOTE_ADDR="192.0.2.10")
    kept = list(Consent.objects.filter(contact=contact, about="wants_news").order_by("id"))
    assert [(one.is_given, one.by_himself, one.origin) for one in kept] == [
        (True, True, "192.0.2.9"),
        (False, True, "192.0.2.10"),
    ]
    assert "news" in kept[0].words
    assert Consent.objects.filter(contact=contact, about="account").count() == 1
    assert "192.0.2.10" in client.get("/portal/data").text


def test_nothing_goes_by_itself_until_the_owner_says_so(carols: Person, world: World) -> None:
    Worker().run_all()
    assert {one.count for one in what_is_old(Keeping.get())} == {0}
    assert let_go() == 0


def test_what_is_old_is_shown_before_and_goes_at_night(carols: Person, world: World, as_person: AsPerson) -> None:
    Worker().run_all()
    long_ago = timezone.now() - timedelta(days=100)
    ReceivedMail.objects.update(received_at=long_ago)
    Ticket.objects.update(closed_at=long_ago)
    seal()
    file = Attachment.objects.get().file
    client = as_person(world.ada)
    prove(client)
    rules = {"raw_mail_months": 2, "files_months": 3, "discarded_months": 4, "audit_months": 0}
    assert client.post("/psa/settings/retention", rules).status_code == 303
    assert client.post("/psa/settings/retention", {**rules, "files_months": 1000}).status_code == 422
    counts = {one.name: one.count for one in what_is_old(Keeping.get())}
    assert counts == {"raw_mail_months": 1, "files_months": 1, "discarded_months": 0, "audit_months": 0}
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert let_go() == 2
    assert bytes(ReceivedMail.objects.get().raw) == b"" and not Attachment.objects.exists()
    assert not file.path.exists()
    mail = ReceivedMail.objects.get()
    assert client.get(reverse("received_mail", args=[mail.pk])).status_code == 200
    assert {one.count for one in what_is_old(Keeping.get())} == {0}


def test_old_entries_lose_their_words_and_the_trail_holds(
    carols: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal()
    before = Event.objects.count()
    Keeping.get().amend(by=world.ada, audit_months=1)
    monkeypatch.setattr("mainspring.privacy.retention.MONTH", timedelta(0))
    assert let_go() >= before
    assert not Event.objects.filter(mark__isnull=False, kind="contact.added").exists()
    assert verify().holds

"""The audit trail's pages: found by person, ticket, customer, kind, time and words; exported; proven."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from guards import lifted
from mainspring.core.health import Finding, Level
from mainspring.events.chain import seal
from mainspring.events.models import Checkpoint, Event
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.privacy import health, trail
from mainspring.privacy.events import CHECKPOINT_GIVEN, TRAIL_BROKEN, TRAIL_EXPORTED
from mainspring.privacy.keeping import give_checkpoint, last_reading, read_trail
from mainspring.privacy.models import Keeping
from mainspring.privacy.tests.test_erasing import prove
from mainspring.tickets.models import Ticket
from world import AsPerson, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world: World) -> Ticket:
    ticket = Ticket.objects.open("The printer hums", by=world.fay, contact=world.carol)
    ticket.write("We look at it.", by=world.tess)
    Ticket.objects.open("A router", by=world.fay, contact=world.sam)
    world.carol.amend(by=world.max, phone="03-555-9911", city="חיפה")
    return ticket


def shown(client: Client, **asked: Any) -> set[str]:
    """The kinds of the events that a page shows."""
    events = client.get("/psa/audit/", asked)
    assert events.status_code == 200
    wanted = trail.Trail.read(client.get("/psa/audit/", asked).wsgi_request.GET)
    kinds = {event.kind for event in wanted.page()[0]}
    assert all(str(event.pk) for event in wanted.page()[0])
    return kinds


def test_it_is_searched_by_person_ticket_customer_kind_time_and_words(
    world: World, ticket: Ticket, as_person: AsPerson
) -> None:
    client = as_person(world.max)
    assert shown(client, actor=world.tess.actor_key) == {"note.added"}
    assert shown(client, ticket=f"#{ticket.number}") == {"ticket.opened", "note.added"}
    assert {"ticket.opened", "contact.changed", "note.added"} <= shown(client, customer=world.carol.pk)
    assert shown(client, kind="contact.changed") == {"contact.changed"}
    assert shown(client, kind="ticket.") == {"ticket.opened"}
    assert shown(client, words="9911") == shown(client, words="חיפה") == {"contact.changed"}
    assert shown(client, words="9911", actor=world.tess.actor_key) == set()
    today = timezone.localdate().isoformat()
    assert shown(client, since=today, kind="contact.changed") == {"contact.changed"}
    assert shown(client, until="2001-01-01") == shown(client, since="nonsense") == shown(client, ticket="x") == set()


def test_pages_go_on_where_the_last_one_ended(
    world: World, ticket: Ticket, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "PAGE", 3)
    seen, wanted = [], trail.Trail({}, None)
    while True:
        events, older = wanted.page()
        seen += [event.pk for event in events]
        if not older:
            break
        wanted = trail.Trail({}, int(older.rpartition("=")[2]))
    assert seen == list(Event.objects.latest_first().values_list("pk", flat=True))
    monkeypatch.setattr(trail, "SPAN", 2)
    first, older = trail.Trail({"words": "no such word"}, None).page()
    assert first == [] and older, "words are looked for a stretch at a time"


def test_the_export_is_whole_and_an_event_itself(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    client = as_person(world.max)
    asked = {"customer": world.carol.pk, "format": "jsonl"}
    lines = client.post("/psa/audit/export", asked).getvalue().decode().splitlines()
    told = [json.loads(line) for line in lines]
    assert {"ticket.opened", "contact.changed"} <= {one["kind"] for one in told}
    assert told[0]["at"] > told[-1]["at"] and {"id", "data", "origin", "actor_name"} <= set(told[0])
    written = client.post("/psa/audit/export", {"format": "csv", "kind": "contact.changed"}).getvalue().decode()
    assert "03-555-0142 → 03-555-9911" in written and written.count("\r\n") == 2
    assert client.post("/psa/audit/export", {"format": "doc"}).status_code == 422
    assert Event.objects.filter(kind=TRAIL_EXPORTED.name, actor=world.max.actor_key).count() == 2


def test_the_command_says_what_holds_and_ends_with_one_when_it_does_not(ticket: Ticket, tmp_path: Path) -> None:
    file, out = tmp_path / "kept.json", StringIO()
    call_command("audit", "checkpoint", "--out", str(file), stdout=out)
    assert "Signed at entry" in out.getvalue()
    call_command("audit", "verify", "--checkpoint", str(file), stdout=out)
    assert "as they were written" in out.getvalue()
    file.write_text(file.read_text().replace('"place": ', '"place": 1'))
    with pytest.raises(CommandError, match="changed after it was signed"):
        call_command("audit", "verify", "--checkpoint", str(file))
    with lifted(connection):
        Event.objects.filter(pk=Event.objects.earliest("pk").pk).delete()
    with pytest.raises(CommandError, match=r"entry 1 of the trail, was removed") as refused:
        call_command("audit", "verify")
    assert refused.value.returncode == 1


def test_a_checkpoint_of_another_key_wants_its_fingerprint(ticket: Ticket, tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "kept.json"
    seal()
    call_command("audit", "checkpoint", "--out", str(file), stdout=StringIO())
    signed = Checkpoint.objects.get().read()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "another" * 9
    with pytest.raises(CommandError, match="signed under another key"):
        call_command("audit", "verify", "--checkpoint", str(file))
    settings.SECRET_KEY_FALLBACKS = []
    assert signed.fingerprint and not signed.is_ours


def test_checkpoints_go_to_the_folder_and_the_mailbox_once(world: World, ticket: Ticket, tmp_path: Path) -> None:
    Keeping.get().amend(by=world.ada, checkpoint_folder=str(tmp_path), checkpoint_email="notary@elsewhere.example")
    made = give_checkpoint()
    assert made is not None
    assert [path.name for path in tmp_path.iterdir()] == [made.name]
    assert (tmp_path / made.name).read_text() == made.document
    mail = OutgoingMail.objects.get(kind="audit_checkpoint")
    assert bytes(mail.parts.get().content).decode() == made.document and "audit verify" in mail.text
    assert Event.objects.filter(kind=CHECKPOINT_GIVEN.name).count() == 2


def finding() -> Finding:
    (found,) = health.trail()
    return found


def test_health_is_red_when_the_sealer_lags_or_a_row_was_put_in_and_green_after(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LATE", -health.LATE)
    assert finding().level == Level.BROKEN and "not sealed" in str(finding().says)
    seal()
    assert finding().level == Level.FINE
    strange = Event.objects.create(kind="ticket.closed", subject="ticket:1", stream="ticket:1", mark="0" * 64)
    assert finding().level == Level.BROKEN and f"#{strange.pk}" in str(finding().says)


def test_health_says_what_the_nightly_reading_found(ticket: Ticket) -> None:
    seal()
    read_trail()
    seal()
    assert finding().level == Level.FINE
    with lifted(connection):
        Event.objects.filter(pk=Event.objects.earliest("pk").pk).update(kind="ticket.closed")
    read_trail()
    seal()
    reading = last_reading()
    assert reading is not None and reading.kind == TRAIL_BROKEN.name
    assert finding().level == Level.BROKEN and "was changed" in str(finding().says)


def test_the_owner_sets_where_checkpoints_go(world: World, as_person: AsPerson, tmp_path: Path) -> None:
    client = as_person(world.ada)
    prove(client)
    good = {"checkpoint_folder": str(tmp_path), "checkpoint_email": "notary@elsewhere.example"}
    assert client.post("/psa/settings/audit", good).status_code == 303
    assert Keeping.get().checkpoint_folder == str(tmp_path)
    for bad in ({"checkpoint_folder": "relative"}, {"checkpoint_folder": "/no/such"}, {"checkpoint_email": "x"}):
        assert client.post("/psa/settings/audit", {**good, **bad}).status_code == 422
    assert client.post("/psa/settings/audit", {**good, "checkpoint_email": world.shop.email}).status_code == 422
    assert client.get("/psa/settings/audit/checkpoint").status_code == 404
    give_checkpoint()
    assert json.loads(client.get("/psa/settings/audit/checkpoint").content)["place"] > 0
    client.post("/psa/settings/audit/read")
    Worker().run_all()
    assert "Every entry is as it was written" in client.get("/psa/settings/audit").text

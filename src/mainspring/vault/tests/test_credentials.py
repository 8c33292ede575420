"""Who sees which credential, and that each look is written down before anything is shown."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from mainspring.accounts.models import Person, Role
from mainspring.crm.models import Account
from mainspring.events import models
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.tickets.models import Ticket
from mainspring.vault.additions import keep_passcode
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, VaultRules
from mainspring.vault.tasks import tidy_vault
from world import PASSWORD, AsPerson, World

pytestmark = pytest.mark.django_db


def keep(world: World, name: str = "Router", **more: object) -> Credential:
    whole = Contents(user="admin", secret="s3cret", notes="Under the desk")
    return Credential.objects.keep(world.acme, whole, kind="router", name=name, by=world.tess, **more)  # type: ignore[arg-type]


def seen_by(person: Person) -> set[str]:
    return set(Credential.objects.visible_to(person).values_list("name", flat=True))


def test_by_role_and_by_person(world: World) -> None:
    keep(world, "all")
    keep(world, "managers", roles=[Role.MANAGER])
    keep(world, "tess", people=[world.tess])
    keep(world, "both", roles=[Role.MANAGER], people=[world.tess])
    assert seen_by(world.ada) == {"all", "managers", "tess", "both"}
    assert seen_by(world.max) == {"all", "managers", "both"}
    assert seen_by(world.tess) == {"all", "tess", "both"}
    assert seen_by(world.fay) == seen_by(world.bill) == set()
    assert seen_by(Account.open(world.carol, email="carol@acme.example", name="Carol", password=PASSWORD)) == set()
    world.tess.leave(by=world.ada)
    assert seen_by(world.tess) == set()


def test_a_look_is_written_down_with_its_reason_and_without_the_secret(world: World) -> None:
    kept = keep(world)
    ticket = Ticket.objects.open("Slow", by=world.fay, contact=world.carol)
    assert kept.look("secret", by=world.tess, reason="To restart it", ticket=ticket).secret == "s3cret"
    told = Event.objects.get(kind="credential.shown")
    assert (told.subject, told.stream, told.actor) == (f"credential:{kept.pk}", f"ticket:{ticket.pk}", "person:3")[
        :2
    ] + (world.tess.actor_key,)
    assert told.data == {"name": "Router", "part": "secret", "reason": "To restart it"}


def test_what_can_not_be_written_down_is_not_shown(world: World) -> None:
    """As a full disk or a table that refuses would answer."""
    kept = keep(world)
    refusing = {
        "sqlite": "CREATE TRIGGER no_more BEFORE INSERT ON events_event BEGIN SELECT RAISE(ABORT, 'full'); END",
        "postgresql": "ALTER TABLE events_event ADD CONSTRAINT no_more CHECK (kind <> 'credential.shown') NOT VALID",
    }
    with connection.cursor() as cursor:
        cursor.execute(refusing[connection.vendor])
    with pytest.raises(DatabaseError):
        kept.look("secret", by=world.tess, reason="–")


def test_the_record_stands_before_the_secret_is_handed_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened within the transaction, but returned only after its end."""
    depth = len(connection.savepoint_ids)
    seen = []
    kept = keep(world)
    was = models.record

    def spy(*args: object, **kwargs: object) -> object:
        seen.append(len(connection.savepoint_ids))
        return was(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("mainspring.vault.models.credential.record", spy)
    kept.look("secret", by=world.tess, reason="–")
    assert seen and seen[0] > depth and len(connection.savepoint_ids) == depth


def test_a_limited_one_is_not_named_in_stories(world: World) -> None:
    kept = keep(world, "The owner's laptop", people=[world.max])
    kept.look("secret", by=world.max, reason="–")
    assert not any("laptop" in str(event.data) for event in Event.objects.filter(kind__startswith="credential."))


def test_changing_tells_what_and_not_from_what_to_what(world: World) -> None:
    kept = keep(world)
    kept.amend(by=world.max, secret="n3w", user="root")
    told = Event.objects.get(kind="credential.changed")
    assert told.data == {"name": "Router", "fields": ["secret", "user"]}
    kept.amend(by=world.max, secret="n3w")
    assert Event.objects.filter(kind="credential.changed").count() == 1
    assert kept.look("notes", by=world.max, reason="–").notes == "Under the desk"


def test_removed_it_can_be_put_back_for_a_week_and_then_is_wiped(world: World) -> None:
    kept = keep(world)
    kept.remove(by=world.tess)
    assert not Credential.objects.standing().exists()
    assert kept.put_back(by=world.tess) and kept.look("secret", by=world.tess, reason="–").secret == "s3cret"
    kept.remove(by=world.tess)
    tidy_vault.func()
    Credential.objects.update(removed_at=timezone.now() - timedelta(days=8))
    tidy_vault.func()
    kept.refresh_from_db()
    assert not kept.put_back(by=world.tess)
    assert kept.wiped_at and {bytes(kept.secrets), bytes(kept.facts), bytes(kept.wrapped)} == {b""}


def test_after_the_job_what_was_looked_at_should_be_changed(world: World) -> None:
    ticket = Ticket.objects.open("Slow", by=world.fay, contact=world.carol)
    used, unused, changed = keep(world, "used"), keep(world, "unused"), keep(world, "changed")
    for one in (used, changed):
        one.look("secret", by=world.tess, reason="–", ticket=ticket)
    changed.amend(by=world.tess, secret="n3w")
    ticket.resolve(by=world.tess)
    Worker().run_all()
    assert [one.name for one in Credential.objects.due()] == ["used"] and not unused.due_at
    used.settle(by=world.tess)
    ticket.close(by=world.tess)
    Worker().run_all()
    assert not Credential.objects.due().exists()


def test_a_new_password_settles_it(world: World) -> None:
    kept = keep(world)
    Credential.objects.update(due_at=timezone.now())
    kept.amend(by=world.tess, name="The router")
    assert Credential.objects.due().exists()
    kept.amend(by=world.tess, secret="n3w")
    assert not Credential.objects.due().exists()


def test_the_shop_may_have_the_credentials_of_closed_tickets_wiped(world: World) -> None:
    ticket = Ticket.objects.open("Slow", by=world.fay, contact=world.carol)
    keep_passcode(ticket, "4711", by=world.fay)
    keep(world)
    ticket.close(by=world.tess)
    Ticket.objects.update(closed_at=timezone.now() - timedelta(days=40))
    tidy_vault.func()
    assert Credential.objects.filter(wiped_at=None).count() == 2
    VaultRules.get().amend(by=world.max, wipe_days=30)
    tidy_vault.func()
    assert [one.name for one in Credential.objects.filter(wiped_at=None)] == ["Router"]


def test_a_passcode_told_at_the_counter_goes_into_the_vault(world: World, as_person: AsPerson) -> None:
    told = {
        "contact": world.carol.pk,
        "device": world.printer.pk,
        "subject": "Slow",
        "priority": "2",
        "passcode": "47 11",
    }
    assert as_person(world.fay).post("/psa/tickets/new", told).status_code == 303
    kept = Credential.objects.get()
    assert kept.ticket == Ticket.objects.get() and kept.kind == "device"
    assert kept.look("secret", by=world.tess, reason="–").secret == "47 11"

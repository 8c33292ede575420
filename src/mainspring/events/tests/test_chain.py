"""The audit trail against whoever owns the database: what was changed, removed, put in or moved is found and named.

Nightly and by `make soak-audit` with 10,000 rows and 200 places for each of the six kinds, and a million rows once.
"""

import json
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from guards import lifted
from mainspring.core.shop import Shop
from mainspring.events.chain import GENESIS, EventLink, hash_of, seal
from mainspring.events.checkpoints import Checkpoint, Signed, Unreadable
from mainspring.events.forgetting import forget_details
from mainspring.events.marks import COLUMNS, Row, details_of
from mainspring.events.models import Event
from mainspring.events.verifying import Verdict, verify

ROWS = int(os.environ.get("MAINSPRING_TRAIL", "240"))
PLACES = int(os.environ.get("MAINSPRING_TAMPERINGS", "10"))
MANY = int(os.environ.get("MAINSPRING_ROWS", "5000"))
SECONDS = 60
BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def written(count: int, *, first: int = 0) -> None:
    """So many events, as `record` writes them."""
    for start in range(first, first + count, 5000):
        some = []
        for n in range(start, min(start + 5000, first + count)):
            data = {"name": f"Carol {n}", "n": n, "price": 12.5, "changes": {"phone": ["", f"03-555-{n:04}"]}}
            event = Event(
                kind="contact.changed",
                subject=f"contact:{n % 500}",
                stream=f"contact:{n % 500}",
                actor=f"person:{n % 9}",
                actor_name=f"Tess Ämir {n % 9}",
                origin="192.0.2.7",
                at=BEGAN + timedelta(seconds=n),
                data=data,
            )
            event.sign()
            some.append(event)
        Event.objects.bulk_create(some)


def sql(statement: str, *given: int | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def event_at(place: int) -> int:
    return EventLink.objects.values_list("event_id", flat=True).get(pk=place)


def changed(place: int) -> None:
    column, value = random.Random(place).choice(
        [
            ("kind", "ticket.closed"),
            ("subject", "contact:9999"),
            ("stream", "ticket:1"),
            ("actor", ""),
            ("at", "2026-03-01 07:00:00.000001+00:00" if connection.vendor == "postgresql" else "2026-03-01 07:00:00"),
            ("actor_name", "Nobody"),
            ("origin", "198.51.100.1"),
            ("data", '{"name": "Somebody else"}'),
        ]
    )
    sql(f"UPDATE events_event SET {column} = %s WHERE id = %s", value, event_at(place))


def removed(place: int) -> None:
    event_id = event_at(place)
    sql("DELETE FROM events_event WHERE id = %s", event_id)
    if place % 2:
        sql("DELETE FROM events_link WHERE id = %s", place)


def inserted(place: int) -> None:
    """A forged row at its place, the others one further; or, where it is odd, at the end with a date of then."""
    event_id = event_at(place)
    copied = "kind, subject, stream, actor, actor_name, origin, at, data, mark"
    source = f"SELECT %s, {copied} FROM events_event WHERE id = %s"
    if place % 2:
        last = Event.objects.latest("pk").pk
        sql(f"INSERT INTO events_event (id, {copied}) {source}", last + 1, event_id)
        sql("UPDATE events_event SET actor = 'person:1', mark = NULL WHERE id = %s AND %s = 0", last + 1, place % 3)
    else:
        sql("UPDATE events_event SET id = -(id + 1) WHERE id > %s", event_id)
        sql("UPDATE events_event SET id = -id WHERE id < 0")
        sql(f"INSERT INTO events_event (id, {copied}) {source}", event_id + 1, event_id)


def reordered(place: int) -> None:
    one, other = event_at(place), event_at(place + 1)
    if place % 2:
        sql("UPDATE events_event SET id = -%s WHERE id = %s", other, one)
        sql("UPDATE events_event SET id = %s WHERE id = %s", one, other)
        sql("UPDATE events_event SET id = %s WHERE id = -%s", other, other)
    else:
        sql("UPDATE events_link SET event_id = -1 WHERE id = %s", place)
        sql("UPDATE events_link SET event_id = %s WHERE id = %s", one, place + 1)
        sql("UPDATE events_link SET event_id = %s WHERE id = %s", other, place)


def cut(place: int) -> None:
    """This entry and everything after it, with its links and the checkpoint that spoke of them."""
    sql("DELETE FROM events_event WHERE id IN (SELECT event_id FROM events_link WHERE id >= %s)", place)
    sql("DELETE FROM events_link WHERE id >= %s", place)
    sql("DELETE FROM events_checkpoint")


def rewritten(place: int) -> None:
    """One entry changed, and the whole chain after it made anew, as anybody can who reads our source."""
    changed(place)
    sql("DELETE FROM events_checkpoint")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS[connection.vendor]} FROM events_event e JOIN events_link l ON l.event_id = e.id "
            "WHERE l.id >= %s ORDER BY l.id",
            [place],
        )
        rows = [Row(*columns) for columns in cursor.fetchall()]
        before = bytes(EventLink.objects.get(pk=place - 1).hash) if place > 1 else GENESIS
        made = []
        for at, row in enumerate(rows, place):
            details = details_of(row)
            before = hash_of(before, at, row, details)
            made.append((details, before, at))
        cursor.executemany("UPDATE events_link SET details = %s, hash = %s WHERE id = %s", made)


KINDS: list[Callable[[int], None]] = [changed, removed, inserted, reordered, cut, rewritten]


def is_named(tamper: Callable[[int], None], place: int, event_id: int, verdict: Verdict) -> bool:
    """Whether the first bad row is named: at its place, or where it was put in at the end, by its number."""
    if tamper is inserted and place % 2:
        return verdict.event_id == Event.objects.latest("pk").pk
    elif tamper is inserted:
        return verdict.place == place + 1 and verdict.event_id == event_id + 1
    elif tamper is cut or (tamper is removed and place % 2) or (tamper is reordered and not place % 2):
        return verdict.place == place
    return (verdict.place, verdict.event_id) == (place, event_id)


@pytest.fixture
def trail(db: None) -> Signed:
    """A sealed trail, and the checkpoint that somebody keeps elsewhere."""
    written(ROWS)
    assert seal() == ROWS
    made = Checkpoint.make()
    assert made is not None
    return made.read()


@pytest.mark.parametrize("tamper", KINDS, ids=lambda kind: kind.__name__)
def test_whatever_is_done_to_a_row_is_found_and_named(trail: Signed, tamper: Callable[[int], None]) -> None:
    assert verify(trail) == Verdict(ROWS, checkpoints=1)
    places = random.Random(16).sample(range(1, ROWS), PLACES)
    missed = []
    for place in places:
        event_id = event_at(place)
        with transaction.atomic():
            with lifted(connection):
                tamper(place)
            verdict = verify(trail)
            if verdict.holds or not is_named(tamper, place, event_id, verdict):
                missed.append((place, verdict))
            transaction.set_rollback(True)
    print(f"{tamper.__name__}: {PLACES - len(missed)} of {PLACES} found and named, {ROWS} rows, {connection.vendor}")
    assert missed == []
    assert verify(trail).holds


def test_without_a_checkpoint_elsewhere_a_rewrite_is_found_by_the_one_that_is_kept_here(trail: Signed) -> None:
    with transaction.atomic():
        with lifted(connection):
            kept = Checkpoint.objects.get()
            rewritten(7)
            kept.save(force_insert=True)
        assert verify().place == 7
        transaction.set_rollback(True)


def test_a_million_rows_are_read_in_under_a_minute_and_in_little_memory(db: None) -> None:
    """With 1,000,000 by `make soak-audit`."""
    written(MANY)
    started = time.monotonic()
    assert seal() == MANY
    sealed = time.monotonic() - started
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    assert verify() == Verdict(MANY)
    took = time.monotonic() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"{MANY} rows sealed in {sealed:.1f} s, verified in {took:.1f} s, {grown} MB more, {connection.vendor}")
    assert grown < 60
    if MANY >= 1_000_000:
        assert took < SECONDS


def test_an_event_that_is_committed_late_is_sealed_late_and_not_lost(db: None) -> None:
    """PostgreSQL gives numbers when a row is written and shows the row when it is committed."""
    written(5)
    late = Event.objects.latest("pk")
    columns: dict[str, Any] = {field.attname: getattr(late, field.attname) for field in Event._meta.concrete_fields}
    with lifted(connection):
        Event.objects.filter(pk=late.pk).delete()
    written(3, first=5)
    assert seal() == 7
    Event.objects.create(**columns)
    assert verify().waiting == 1
    assert seal() == 1
    assert EventLink.objects.latest("pk").event_id == late.pk
    assert verify() == Verdict(8)


def test_what_other_hands_put_in_is_not_sealed(db: None) -> None:
    written(3)
    seal()
    Event.objects.create(kind="ticket.closed", subject="ticket:1", stream="ticket:1", mark="0" * 64)
    assert seal() == 0
    verdict = verify()
    assert "put in or changed by other hands" in verdict.says
    assert verdict.event_id == Event.objects.latest("pk").pk
    written(2, first=10)
    assert seal() == 2, "the others are sealed all the same"


def test_a_copy_of_a_true_event_is_known_as_one(db: None) -> None:
    written(3)
    seal()
    true = Event.objects.earliest("pk")
    true.pk = None
    true.save(force_insert=True)
    assert seal() == 0 and not verify().holds


def test_erased_details_leave_the_chain_whole(world: object) -> None:
    written(40)
    wanted = Event.objects.filter(subject__in=[f"contact:{n}" for n in (3, 4, 5, 20)], kind="contact.changed")
    numbers = set(wanted.values_list("pk", flat=True))
    count = forget_details(wanted, by=None, why="A person asked for it")
    assert count == len(numbers) >= 4
    forgotten = Event.objects.filter(pk__in=numbers)
    assert {(one.actor_name, one.origin, str(one.data), one.mark) for one in forgotten} == {("", "", "{}", None)}
    assert all(str(one) for one in forgotten), "a sentence is still told"
    assert verify().holds and verify().waiting == 1
    seal()
    assert verify().holds
    assert forget_details(Event.objects.filter(pk__in=numbers), by=None, why="again") == 0


def test_details_that_somebody_blanked_without_a_record_are_found(trail: Signed) -> None:
    Event.objects.filter(pk=event_at(9)).update(mark=None, actor_name="", origin="", data={})
    assert verify().place == 9


def test_the_database_lets_details_be_erased_whole_or_not_at_all(trail: Signed) -> None:
    one = Event.objects.filter(pk=event_at(9))
    halves: list[dict[str, Any]] = [
        {"data": {}},
        {"mark": None},
        {"mark": None, "actor_name": "", "origin": ""},
        {"mark": None, "actor_name": "", "origin": "", "data": {"name": "x"}},
        {"mark": None, "actor_name": "", "origin": "", "data": {}, "actor": "person:1"},
    ]
    for columns in halves:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            one.update(**columns)


def test_a_checkpoint_speaks_of_the_links_since_the_one_before(trail: Signed) -> None:
    assert Checkpoint.make() == Checkpoint.objects.get(), "nothing came since"
    written(20, first=ROWS)
    second = Checkpoint.make()
    assert second is not None and second.read().since == trail.place
    assert verify(trail, second.read()) == Verdict(ROWS + 20, checkpoints=2)


def test_a_changed_checkpoint_is_no_checkpoint(trail: Signed) -> None:
    document = json.loads(Checkpoint.objects.get().document)
    for name in ("hash", "place", "marks", "at", "shop"):
        bent = {**document, name: 1 if name == "place" else "00" * 32}
        with pytest.raises(Unreadable, match="changed after it was signed"):
            Signed.read(json.dumps(bent))
    for text in ("", "[]", '{"what": "x"}', "\x00"):
        with pytest.raises(Unreadable, match="no checkpoint"):
            Signed.read(text)


def test_a_new_secret_key_keeps_what_was_signed_under_the_old_one(trail: Signed, settings: LazySettings) -> None:
    old = settings.SECRET_KEY
    written(2, first=ROWS)
    settings.SECRET_KEY = "n" * 50
    assert not verify().holds
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verify().holds and seal() == 2 and verify().holds


def test_the_form_that_is_hashed_is_the_same_however_numbers_and_times_are_written() -> None:
    row = Row(1, "a.b", "a:1", "a:1", "", "2026-03-01 08:00:00", "", "", '{"b": 1e2, "a": [1.0, 2.5]}', None)
    other = row._replace(data='{"a": [1, 2.50], "b": 100}')
    assert details_of(row) == details_of(other)
    assert hash_of(GENESIS, 1, row, b"") == hash_of(GENESIS, 1, row._replace(at="2026-03-01 08:00:00.000000"), b"")


def rates() -> Iterator[float]:
    """Microseconds an event takes to be marked."""
    event = Event(kind="a.b", subject="a:1", stream="a:1", at=timezone.now(), data={"name": "Carol", "n": 5})
    for _turn in range(5):
        started = time.perf_counter()
        for _time in range(200):
            event.sign()
        yield (time.perf_counter() - started) / 200 * 1e6


def test_marking_costs_next_to_nothing_beside_a_write(world: object) -> None:
    best = min(rates())
    print(f"a mark takes {best:.0f} µs")
    assert best < 1000, "a statement of its own would take as long"
    assert Shop.get().pk == 1

"""Durable tasks: what is run, when, and what a rollback and a fault leave behind."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mainspring.events import tasks
from mainspring.events.task_rows import TaskRow
from mainspring.events.tasks import LONG, Timetable
from mainspring.events.tests.chores import break_down, come_again, labour, leave, note, tell_origin
from mainspring.events.worker import BACK_OFF, KILLED, LONG_ONES, QUICK, TRIES, Worker, prune


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    path = tmp_path / "diary"
    path.touch()
    return path


@pytest.mark.django_db
def test_a_task_runs_once(diary: Path) -> None:
    note.enqueue(str(diary), "a")
    assert Worker().run_all() == 1
    assert Worker().run_all() == 0
    assert diary.read_text().split() == ["a"]
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.DONE and row.finished_at is not None and row.leased_until is None


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_task(diary: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue(str(diary), "never")
        raise ZeroDivisionError
    assert not TaskRow.objects.exists()


@pytest.mark.django_db
def test_the_urgent_goes_first_and_the_deferred_waits(diary: Path) -> None:
    note.enqueue(str(diary), "usual")
    note.using(priority=10).enqueue(str(diary), "urgent")
    note.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(str(diary), "later")
    Worker().run_all()
    assert diary.read_text().split() == ["urgent", "usual"]


@pytest.mark.django_db
def test_what_takes_long_is_left_to_a_worker_of_its_own(diary: Path) -> None:
    note.using(priority=LONG).enqueue(str(diary), "backup")
    note.enqueue(str(diary), "mail")
    assert (Worker(takes=QUICK).run_all(), diary.read_text().split()) == (1, ["mail"])
    assert (Worker(takes=LONG_ONES).run_all(), diary.read_text().split()) == (1, ["mail", "backup"])


@pytest.mark.parametrize("takes", [QUICK, LONG_ONES])
@pytest.mark.django_db
def test_the_next_task_is_found_by_its_index(takes: Q) -> None:
    """A week's tasks lie there when they are done: to go through them was most of a worker's time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = TaskRow.objects.due(timezone.now()).filter(takes)[:1].explain()
    assert "tasks_to_claim" in plan
    assert "SORT" not in plan.upper() and "TEMP" not in plan


@pytest.mark.django_db(transaction=True)
def test_a_task_acts_from_its_name_and_in_no_transaction_of_the_worker(diary: Path) -> None:
    tell_origin.enqueue(str(diary))
    Worker().run_all()
    assert diary.read_text() == "task tell_origin False\n"


@pytest.mark.django_db
def test_a_failing_task_backs_off_then_lies_dead_and_can_be_replayed() -> None:
    break_down.enqueue()
    for pause in BACK_OFF:
        assert Worker().run_all() == 1
        row = TaskRow.objects.get()
        assert row.state == TaskRow.State.WAITING
        assert timedelta(seconds=-5) < row.run_after - timezone.now() - pause <= timedelta(0)
        TaskRow.objects.update(run_after=timezone.now())
    Worker().run_all()
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.DEAD and row.attempts == TRIES and "no paper in the printer" in row.error
    assert list(TaskRow.objects.dead()) == [row]
    row.replay()
    assert not TaskRow.objects.dead().exists()
    assert Worker().run_one()


@pytest.mark.django_db
def test_a_task_may_ask_to_come_again_and_that_is_no_fault() -> None:
    come_again.enqueue()
    Worker().run_all()
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.WAITING and row.run_after > timezone.now()
    assert not row.error and row.attempts == 0


@pytest.mark.django_db
def test_a_task_that_exits_fails_and_the_worker_lives() -> None:
    leave.enqueue()
    assert Worker().run_all() == 1
    assert "SystemExit" in TaskRow.objects.get().error


@pytest.mark.django_db
def test_a_task_whose_code_is_gone_is_kept_with_the_reason() -> None:
    TaskRow.objects.create(name="mainspring.events.tests.chores.no_longer_here")
    assert Worker().run_all() == 1
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.WAITING and "no_longer_here" in row.error


@pytest.mark.django_db
def test_a_task_that_killed_every_worker_lies_dead(diary: Path) -> None:
    note.enqueue(str(diary), "poison")
    over = timezone.now() - timedelta(seconds=1)
    TaskRow.objects.update(state=TaskRow.State.RUNNING, worker="gone", attempts=TRIES, leased_until=over)
    assert not Worker().run_one()
    row = TaskRow.objects.get()
    assert row.state == TaskRow.State.DEAD and row.error == KILLED


@pytest.mark.django_db
def test_the_outcome_of_a_lost_lease_does_not_count(diary: Path) -> None:
    note.enqueue(str(diary), "a")
    slow, quick = Worker(), Worker()
    row = slow.claim()
    assert row is not None and quick.claim() is None
    TaskRow.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert quick.claim() is not None
    slow.fail(row, "too late")
    row.refresh_from_db()
    assert row.state == TaskRow.State.RUNNING and row.worker == quick.name and not row.error


@pytest.mark.django_db
def test_a_scheduled_task_is_enqueued_once_a_slot_by_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SCHEDULE", [(break_down, timedelta(minutes=5))])
    noon = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
    first, second = Timetable(), Timetable()
    for minute in (0, 1, 4):
        first.enqueue_due(noon + timedelta(minutes=minute))
        second.enqueue_due(noon + timedelta(minutes=minute))
    assert TaskRow.objects.count() == 1
    second.enqueue_due(noon + timedelta(minutes=5))
    first.enqueue_due(noon + timedelta(minutes=5))
    assert TaskRow.objects.count() == 2


@pytest.mark.django_db
def test_a_timetable_asks_the_database_once_a_slot(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(tasks, "SCHEDULE", [(break_down, timedelta(minutes=5))])
    timetable, now = Timetable(), timezone.now()
    timetable.enqueue_due(now)
    with django_assert_num_queries(0):
        timetable.enqueue_due(now)


@pytest.mark.django_db
def test_done_tasks_are_forgotten_and_dead_ones_kept() -> None:
    long_ago = timezone.now() - timedelta(days=30)
    TaskRow.objects.create(name="x", run_after=long_ago)
    for state in (TaskRow.State.DONE, TaskRow.State.DEAD):
        TaskRow.objects.create(name="x", state=state, finished_at=long_ago)
    assert prune() == 1
    assert not TaskRow.objects.filter(state=TaskRow.State.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_the_worker_of_the_same_process(diary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainspring.events.worker.POLL", 60)
    monkeypatch.setattr(tasks, "SCHEDULE", [])
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        time.sleep(0.3)
        with transaction.atomic():
            note.enqueue(str(diary), "a")
            time.sleep(0.3)
            assert not diary.read_text()
        until = time.monotonic() + 5
        while not diary.read_text() and time.monotonic() < until:
            time.sleep(0.01)
        assert diary.read_text() == "a\n"
    finally:
        worker.stopping.set()
        tasks.bell.ring()
        thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_task_longer_than_its_lease_is_not_run_by_another(diary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainspring.events.worker.LEASE", timedelta(seconds=0.8))
    labour.enqueue(str(diary), "a", 2.5)

    def work() -> None:
        Worker().run_one()
        connection.close()

    first = threading.Thread(target=work)
    first.start()
    until = time.monotonic() + 5
    while not diary.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    others = 0
    while first.is_alive():
        others += Worker().run_one()
        time.sleep(0.05)
    assert others == 0
    assert TaskRow.objects.get().state == TaskRow.State.DONE

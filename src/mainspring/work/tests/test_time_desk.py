"""The staff's doors into time: the timer's sheet, pausing, a forgotten one, time by hand."""

from typing import Any

import pytest

from mainspring.work.models import Labour, Timer, add_service, start_timer
from mainspring.work.tests.shelf import diagnostic, open_ticket, repair
from mainspring.work.tests.test_desk import on
from mainspring.work.tests.test_timer import ran_for
from world import AsPerson, World

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_what_stopping_comes_to_is_shown_before(world: World, as_person: AsPerson) -> None:
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 39.5)
    said = as_person(world.tess).get(on(timer.ticket, "timer/"), headers=PART).content.decode()
    assert "0:40 is billed as 0:45 (up to 15 min) at $80.00 an hour: $60.00." in said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [("10", "as the minimum of 0:30 at $80.00 an hour: $40.00"), ("45", "0:45 at $80.00 an hour: $60.00"),
     ("999", "16:39 is billed as 16:45"), ("-1", "greater than or equal to 0")],
)  # fmt: skip
def test_time_typed_by_hand_says_what_it_comes_to(world: World, as_person: AsPerson, minutes: str, said: str) -> None:
    asked: dict[str, Any] = {"service": repair(world).pk, "minutes": minutes}
    assert said in as_person(world.tess).get("/psa/services/time", asked, headers=PART).content.decode()


def test_a_flat_service_says_that_time_costs_nothing_more(world: World, as_person: AsPerson) -> None:
    asked: dict[str, Any] = {"service": diagnostic(world).pk, "minutes": "40"}
    assert "A flat price: $10.00" in as_person(world.tess).get("/psa/services/time", asked).content.decode()


def test_a_timer_is_paused_seen_everywhere_and_goes_on(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 10)
    desk.post(f"/psa/timers/{timer.pk}/pause")
    elsewhere = desk.get("/psa/stock/").content.decode()
    assert "paused" in elsewhere and f"/psa/timers/{timer.pk}/resume" in elsewhere and "data-since" not in elsewhere
    desk.post(f"/psa/timers/{timer.pk}/resume")
    timer.refresh_from_db()
    assert timer.is_running and 595 < timer.counted < 660
    assert f'data-before="{timer.counted}"' in desk.get("/psa/stock/").content.decode()


def test_another_technicians_timer_is_his(world: World, as_person: AsPerson) -> None:
    timer = start_timer(open_ticket(world), repair(world), by=world.max)
    for act in ("pause", "resume"):
        assert as_person(world.tess).post(f"/psa/timers/{timer.pk}/{act}").status_code == 403
    assert as_person(world.tess).get(f"/psa/timers/{timer.pk}/").status_code == 403
    as_person(world.fay).post(f"/psa/timers/{timer.pk}/pause")
    as_person(world.fay).post(f"/psa/timers/{timer.pk}/resume")
    assert Timer.of(world.max) == timer and Timer.of(world.fay) is None


def test_several_technicians_are_seen_on_one_ticket(world: World, as_person: AsPerson) -> None:
    ticket, service = open_ticket(world), repair(world)
    start_timer(ticket, service, by=world.tess)
    start_timer(ticket, service, by=world.max).pause(by=world.max)
    shown = as_person(world.fay).get(on(ticket, "?tab=services")).content.decode()
    assert "Tess Amir works on Repair" in shown and "Max Stern has paused Repair" in shown


def test_starting_here_pauses_the_one_there_if_asked(world: World, as_person: AsPerson) -> None:
    service, first, second, desk = repair(world), open_ticket(world), open_ticket(world), as_person(world.tess)
    timer = start_timer(first, service, by=world.tess)
    sheet = desk.get(on(second, "timer/"), headers=PART).content.decode()
    assert f"Your timer on #{first.number} runs" in sheet
    desk.post(on(second, "timer/start"), {"service": service.pk, "other": "pause"})
    timer.refresh_from_db()
    assert not timer.is_running and not Labour.objects.exists()
    assert Timer.objects.get(ticket=second).is_running


def test_the_sheet_offers_what_he_did_last_first(world: World, as_person: AsPerson) -> None:
    ticket, tuning, mending = open_ticket(world), repair(world, name="Tuning"), repair(world, name="Mending")
    for service in (mending, tuning, mending):
        add_service(ticket, service, by=world.tess, minutes=5)
    sheet = as_person(world.tess).get(on(ticket, "timer/"), headers=PART).content.decode()
    assert 0 < sheet.index("Mending") < sheet.index("Tuning")


def test_a_forgotten_timer_asks_how_long_it_really_was(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)
    timer = ran_for(start_timer(open_ticket(world), repair(world), by=world.tess), 60 * 9)
    assert "Still working?" in desk.get("/psa/stock/").content.decode()
    answer = desk.post(f"/psa/timers/{timer.pk}/stop")
    assert answer.status_code == 422 and "how long the work really was" in answer.content.decode()
    assert Timer.objects.filter(pk=timer.pk).exists() and not Labour.objects.exists()
    desk.post(f"/psa/timers/{timer.pk}/stop", {"hours": "1", "minutes": "20"})
    assert Labour.objects.get().minutes == 80


def test_no_time_at_all_is_no_labour(world: World, as_person: AsPerson) -> None:
    timer = start_timer(open_ticket(world), repair(world), by=world.tess)
    answer = as_person(world.tess).post(f"/psa/timers/{timer.pk}/stop", {"hours": "0", "minutes": "0"})
    assert answer.status_code == 422 and "discard" in answer.content.decode()
    assert Timer.objects.get() == timer


def test_time_by_hand_from_when_until_when(world: World, as_person: AsPerson) -> None:
    ticket, service, desk = open_ticket(world), repair(world), as_person(world.tess)
    span = {"service": service.pk, "began": "2026-03-02T09:10", "ended": "2026-03-02T10:25"}
    desk.post(on(ticket, "services/add"), span)
    labour = Labour.objects.get()
    assert labour.minutes == 75 and labour.started_at and labour.ended_at
    assert (labour.ended_at - labour.started_at).total_seconds() == 75 * 60
    assert "9:10" in desk.get(on(ticket, "?tab=services")).content.decode()


@pytest.mark.parametrize(
    ("posted", "said"),
    [({"began": "2026-03-02T09:10"}, "Say both"),
     ({"began": "2026-03-02T09:10", "ended": "2026-03-02T09:10"}, "before it begins"),
     ({"began": "2026-03-02T09:10", "ended": "2026-03-04T09:10"}, "more than a day"),
     ({"began": "2026-03-02T09:10", "ended": "2026-03-02T10:10", "minutes": "5"}, "not both"),
     ({"began": "9 o'clock", "ended": "x"}, "valid date"),
     ({"began": "0001-01-01T00:00", "ended": "9999-12-31T23:59"}, "more than a day")],
)  # fmt: skip
def test_a_span_that_makes_no_sense_is_refused_in_words(
    world: World, as_person: AsPerson, posted: dict[str, str], said: str
) -> None:
    ticket = open_ticket(world)
    answer = as_person(world.tess).post(on(ticket, "services/add"), {"service": repair(world).pk, **posted})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Labour.objects.exists()

"""What the words of the list's line leave over, and in which order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mainspring.core.text import Translated
from mainspring.crm.models import Device
from mainspring.tickets.counting import counts_of
from mainspring.tickets.listing import PAGE, SORTS, TicketList
from mainspring.tickets.models import Priority, Status, StatusKind, Ticket
from world import AsPerson, World


def wanted(world: World, line: str, **more: str) -> TicketList:
    asked = QueryDict(mutable=True)
    asked.update({"q": line, **more})
    return TicketList.read(asked, world.tess)


def listed(world: World, line: str, **more: str) -> list[int]:
    return [row.id for row in wanted(world, line, **more).rows().rows]


def open_ticket(world: World, **more: Any) -> int:
    return Ticket.objects.open("Printer is blank", by=world.fay, **{"contact": world.carol, **more}).pk


def test_due_and_channel_narrow_the_list(world: World) -> None:
    now = timezone.now()
    late = open_ticket(world, due_at=now - timedelta(hours=1), channel="phone")
    soon = open_ticket(world, due_at=now + timedelta(days=3), channel="mail")
    never = open_ticket(world, channel="mail")
    assert listed(world, "due:late") == [late]
    assert listed(world, "due:week") == [soon]
    assert listed(world, "due:none") == [never]
    assert set(listed(world, "channel:mail")) == {soon, never}
    assert listed(world, "channel:mail due:none printer") == [never]
    assert listed(world, "due:whenever") == []


def test_words_of_one_kind_are_either_or_a_minus_takes_out(world: World) -> None:
    low, high = open_ticket(world, priority=Priority.LOW), open_ticket(world, priority=Priority.HIGH)
    urgent = open_ticket(world, priority=Priority.URGENT, assignee=world.tess)
    assert set(listed(world, "priority:low priority:high")) == {low, high}
    assert set(listed(world, "-priority:low")) == {high, urgent}
    assert set(listed(world, "-priority:low -priority:high")) == {urgent}
    assert listed(world, "is:open is:mine") == [urgent], "of `is` all hold"
    assert listed(world, "is:nonsense") == []


def test_a_status_is_found_by_its_name_in_any_language_and_by_its_kind(world: World) -> None:
    parts = Status.add(
        by=world.max, kind=StatusKind.WAITING_THIRD_PARTY, name=Translated(en="At the maker's", he="אצל היצרן"), order=9
    )
    there, plain = open_ticket(world, status=parts), open_ticket(world)
    assert listed(world, 'status:"at the maker\'s"') == [there]
    assert listed(world, 'status:"אצל היצרן"') == [there]
    assert listed(world, "status:waiting_third_party") == [there]
    assert listed(world, "status:new") == [plain]
    assert listed(world, "status:no-such") == []


def test_a_customer_is_found_by_name_phone_and_business_a_device_by_its_serial_number(world: World) -> None:
    hers = open_ticket(world, device=world.printer)
    his = open_ticket(world, contact=world.sam)
    for word in ("carol", "acme", '"acme printing"', "035550142", "office@acme.example"):
        assert listed(world, f"from:{word}") == [hers], word
    assert listed(world, "from:rival") == [his]
    assert listed(world, "device:sn-778") == [hers]
    assert listed(world, "device:m404") == [hers]
    assert listed(world, "from:nobody-of-that-name") == []


def test_a_menu_writes_its_word_and_takes_it_away_again(world: World) -> None:
    def line(before: str, word: str) -> str:
        return wanted(world, before).toggled(word).line

    assert line("is:open priority:low printer", "priority:high") == "is:open priority:low printer priority:high"
    assert line("is:open priority:low printer", "priority:low") == "is:open printer"
    assert line("is:open", "assignee:Tess Amir") == 'is:open assignee:"Tess Amir"'
    assert line('is:open assignee:"Tess Amir"', "assignee:Tess Amir") == "is:open"
    assert line("due:late", "due:today") == "due:today", "one due date at a time"
    assert line("is:open", "from:acme") == line("is:open", "\x00:") == "is:open", "no menu has it"


def test_chips_say_what_is_asked_for_and_go_one_by_one(world: World) -> None:
    chips = wanted(world, 'status:new -priority:low from:"acme printing" blank').chips
    assert [(str(chip.label), str(chip.value), chip.is_not) for chip in chips] == [
        ("Status", "New", False),
        ("Priority", "Low", True),
        ("Customer", "acme printing", False),
        ("", "blank", False),
    ]
    assert chips[0].without == '-priority:low from:"acme printing" blank'


@pytest.mark.parametrize(
    ("added", "line"), [("toggle=priority:high", "is:open priority:high"), ("from=acme", "is:open from:acme")]
)
def test_what_was_clicked_stands_in_the_address_as_a_word(
    world: World, as_person: AsPerson, added: str, line: str
) -> None:
    answer = as_person(world.tess).get(f"/psa/tickets/?q=is:open&{added}")
    assert answer.status_code == 303
    assert QueryDict(answer["Location"].partition("?")[2]).dict() == {"q": line, "sort": "-updated"}


def test_a_menus_every_word_means_something(world: World) -> None:
    shown = wanted(world, "")
    for menu in shown.menus:
        for value, _label in menu.options:
            line = shown.toggled(f"{menu.key}:{value}").line
            assert wanted(world, line).words[0].key == menu.key, value
            listed(world, line)


@pytest.mark.parametrize("sort", [sign + key for key in SORTS for sign in ("", "-")])
def test_pages_of_every_order_show_each_ticket_once_and_in_order(world: World, sort: str) -> None:
    """Also those that lack what is sorted by: they come last, whichever way."""
    laptop = Device.add(by=None, kind=world.printer.kind, owner=world.sam, maker="Acer", model="Swift", serial="A-1")
    now = timezone.now()
    kinds = [Status.first_of(kind) for kind in (StatusKind.NEW, StatusKind.OPEN, StatusKind.IN_PROGRESS)]
    everything = {
        Ticket.objects.open(
            f"{'Printer' if n % 2 else 'printer'} {n % 9}",
            by=world.fay,
            status=kinds[n % 3],
            priority=n % 4 + 1,
            contact=(world.carol, world.sam, None)[n % 3],
            device=(world.printer, laptop, None, None)[n % 4],
            assignee=(world.tess, world.max, None)[n % 3],
            due_at=now + timedelta(hours=n % 7) if n % 5 else None,
        ).pk
        for n in range(PAGE + 17)
    }
    first = wanted(world, "is:open", sort=sort).rows()
    assert first.next
    second = TicketList.read(QueryDict(first.next.removeprefix("?")), world.tess).rows()
    rows = [*first.rows, *second.rows]
    assert len(rows) == len(everything) and {row.id for row in rows} == everything
    assert second.next is None
    having = [row.place for row in rows if row.place[0] is not None]
    assert having == sorted(having, reverse=sort.startswith("-")) and having
    lacking = [row.place[0] is None for row in rows]
    assert lacking == sorted(lacking), "who lacks it comes last"
    assert [row.id for row in wanted(world, "is:open", sort=sort).all(size=10)] == [row.id for row in rows]


@pytest.mark.parametrize(
    "after",
    ["x", "[]", "[1]", '["2026"]', '[null,"x"]', "[[1],2]", '["2026-01-01T00:00:00",1]', "[99999999999999999999,1]"],
)
@pytest.mark.parametrize("sort", ["number", "due", "customer", "subject"])
def test_a_place_that_is_none_is_the_beginning(world: World, sort: str, after: str) -> None:
    one = open_ticket(world)
    assert listed(world, "", sort=sort, after=after) == [one]


def test_all_counts_come_in_one_statement_and_are_those_of_the_lists(world: World) -> None:
    for n in range(7):
        open_ticket(world, priority=n % 4 + 1, assignee=world.tess if n % 2 else None)
    lines = ["", "is:open", "is:mine", "priority:urgent", "printer", "is:nonsense", "from:acme", "-priority:low"]
    lists = [wanted(world, line) for line in lines]
    rows = [one.tickets() for one in lists]
    with CaptureQueriesContext(connection) as caught:
        counts = counts_of(rows)
    assert len(caught) == 1
    assert counts == [len(one.rows().rows) for one in lists]
    assert counts_of(rows[:1], most=3) == [4], "one more than the most says that there are more"

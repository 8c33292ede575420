"""The list as a file: what it shows, in its order, sent by pieces, and nothing that a spreadsheet would run."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from mainspring.accounts.models import Person
from mainspring.core import keyset
from mainspring.tickets.models import Ticket
from mainspring.ui.spreadsheets import Spreadsheet, cell
from world import World

SignIn = Callable[[Person], Client]
FILE = "/psa/tickets/tickets.csv"


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:])))


def test_the_file_has_what_the_list_shows(world: World, as_person: SignIn) -> None:
    for n, subject in enumerate(["=1+1", "Printer", "+phone", "-x", "@y"]):
        Ticket.objects.open(subject, by=world.fay, contact=world.carol, priority=n % 4 + 1, device=world.printer)
    Ticket.objects.open("Done", by=world.fay, contact=world.carol).close(by=world.tess)
    client = as_person(world.tess)
    head, *rows = table(client.get(f"{FILE}?q=is:open&sort=number"))
    assert head[:5] == ["Status", "Number", "Subject", "Customer", "Device"] and "Opened" not in head
    assert [row[2] for row in rows] == ["'=1+1", "Printer", "'+phone", "'-x", "'@y"]
    assert rows[0][:2] == ["New", "1001"] and rows[0][3:5] == ["Carol Mizrahi · Acme Printing", "HP M404n"]
    assert table(client.get(f"{FILE}?q=priority:high&columns=subject"))[0][:2] == ["Number", "Subject"]
    assert len(table(client.get(f"{FILE}?q="))) == 7


def test_more_than_a_piece_goes_out_whole_and_in_order(world: World) -> None:
    from django.http import QueryDict

    from mainspring.tickets.listing import TicketList

    numbers = [Ticket.objects.open("Printer", by=world.fay, contact=world.carol).number for _n in range(25)]
    wanted = TicketList.read(QueryDict("q=&sort=-number&columns=number"), world.tess)
    assert [row[0] for row in wanted.cells(size=10)] == sorted(numbers, reverse=True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1", "'=1"),
        (" =1", "' =1"),
        ("\u200f=1", "'\u200f=1"),
        ("\t1", "'\t1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        (-5, -5),
        ("", ""),
    ],
)
def test_a_text_that_would_run_is_quoted_and_a_number_is_not(value: object, shown: object) -> None:
    assert cell(value) == shown


def test_its_rows_are_read_piece_by_piece() -> None:
    asked: list[int] = []

    def rows() -> Any:
        for n in range(1500):
            asked.append(n)
            yield (n,)

    pieces = iter(Spreadsheet("numbers", ["n"], rows()))
    next(pieces)
    next(pieces)
    assert len(asked) == 500, "what is not sent yet is not asked for"


@pytest.mark.parametrize("text", ["", "x", "{}", "[1,2]", '["a"]', "[true]", "[-1]", "[1e9]", "[null]"])
def test_what_is_no_place_begins_at_the_beginning(text: str) -> None:
    assert keyset.read(text, [int]) is None

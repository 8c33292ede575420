"""Lists as files for a spreadsheet: CSV in UTF-8, sent by pieces, numbers as numbers, no cell that is a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone

from mainspring.core.shop import Shop
from mainspring.events.models import record
from mainspring.ui.events import LIST_TAKEN

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
INVISIBLE = " \ufeff\u200e\u200f\u00a0"
AT_ONCE = 500


class Spreadsheet(StreamingHttpResponse):
    """A list as a file."""

    def __init__(self, name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
        super().__init__(_written([str(title) for title in head], iter(rows)), content_type="text/csv; charset=utf-8")
        self.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'


def take(request: Any, name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Spreadsheet:
    """A list for whoever is signed in: that he took it is written down before its first line leaves."""
    with transaction.atomic():
        record(LIST_TAKEN, Shop.get(), by=request.user, data={"file": f"{name}.csv"})
    return Spreadsheet(name, head, rows)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _written(head: Sequence[str], rows: Iterator[Sequence[object]]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([cell(title) for title in head])
    while some := list(islice(rows, AT_ONCE)):
        yield "".join(writer.writerow([cell(value) for value in row]) for row in some)


def cell(value: object) -> object:
    """A number stays one, also below zero; a text that a spreadsheet would run is quoted (RELIABILITY 37)."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    elif isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    elif isinstance(value, str) and value.lstrip(INVISIBLE).startswith(DANGEROUS):
        return f"'{value}"
    else:
        return value

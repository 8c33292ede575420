"""Pages that begin after a row instead of at an offset: as quick on the thousandth page as on the first."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime


def after(columns: Sequence[str], place: Sequence[Any], *, down: bool) -> Q:
    """What comes after a place, column by column. The bound on the first lets an index begin there."""
    side = "lt" if down else "gt"
    further = Q()
    for name, value in reversed(list(zip(columns, place, strict=True))):
        beyond = Q(**{f"{name}__{side}": value})
        further = beyond | (Q(**{name: value}) & further) if further else beyond
    return Q(**{f"{columns[0]}__{side}e": place[0]}) & further


def written(place: Sequence[Any]) -> str:
    """A place as the address keeps it."""
    return json.dumps([_plain(value) for value in place], ensure_ascii=False, separators=(",", ":"))


def read(text: str, kinds: Sequence[type]) -> list[Any] | None:
    """A place as the address has it, with values of these kinds; None for anything else, and so the first page."""
    try:
        place = json.loads(text or "null")
    except ValueError:
        return None
    if not (isinstance(place, list) and len(place) == len(kinds)):
        return None
    values = [_value(value, kind) for value, kind in zip(place, kinds, strict=True)]
    return None if any(value is None for value in values) else values


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    elif isinstance(value, Decimal):
        return f"{value:f}"
    else:
        return value


def _value(value: Any, kind: type) -> Any:
    """The value, None when it is not of this kind."""
    try:
        if kind is int:
            return value if type(value) is int and 0 <= value < 10**17 else None
        elif not isinstance(value, str):
            return None
        elif kind is datetime:
            moment = parse_datetime(value)
            return moment if moment and moment.tzinfo else None
        elif kind is Decimal:
            number = Decimal(value)
            return number if number.is_finite() and abs(number) < 10**10 else None
        else:
            return value.replace("\x00", "")
    except (ValueError, InvalidOperation):
        return None

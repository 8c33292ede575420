"""Where a page is drawn: its language, zone, moment and surface. Asked of Django once for all the words of a page.

Django keeps each of them for the task that runs, and to look one up takes as long as to write a line of a list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.conf import settings
from django.urls import get_urlconf
from django.utils import timezone
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Here:
    """What is the same in all of a page. `now` is aware; `today` is the day in `zone`."""

    language: str
    routes: Any
    zone: tzinfo
    now: datetime
    today: date


def here() -> Here:
    """Where the template that is being drawn stands; outside of one, where the code that asks does."""
    return _drawn.get() or _as_django_says()


@contextmanager
def drawing() -> Iterator[None]:
    """For this block, a template's drawing, nothing of it changes."""
    before = _drawn.set(_as_django_says())
    try:
        yield
    finally:
        _drawn.reset(before)


_drawn: ContextVar[Here | None] = ContextVar("here", default=None)


def _as_django_says() -> Here:
    zone, now = timezone.get_current_timezone(), timezone.now()
    return Here(get_language() or settings.LANGUAGE_CODE, get_urlconf(), zone, now, now.astimezone(zone).date())

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


class Anywhere:
    """Where the code that asks stands, as Django says at this moment. `now` is aware; `today` is the day in `zone`."""

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def routes(self) -> Any:
        return get_urlconf()

    @property
    def zone(self) -> tzinfo:
        return timezone.get_current_timezone()

    @property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def today(self) -> date:
        return timezone.localdate()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a template is drawn: the same in all of it."""

    language: str
    routes: Any
    zone: tzinfo
    now: datetime
    today: date


ANYWHERE = Anywhere()
_drawn: ContextVar[Here | None] = ContextVar("here", default=None)


def here() -> Here | Anywhere:
    """The place of the template that is being drawn; outside of one, of the code that asks."""
    return _drawn.get() or ANYWHERE


@contextmanager
def drawing() -> Iterator[None]:
    """For this block, a template's drawing, nothing of it changes."""
    at = ANYWHERE
    before = _drawn.set(Here(at.language, at.routes, at.zone, at.now, at.today))
    try:
        yield
    finally:
        _drawn.reset(before)

"""Amounts, times and people's text as a page shows them: in the reader's language and zone, safe to mix with Hebrew."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_datetime_format
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from mainspring.core.money import RIGHT_TO_LEFT_MARK, show_money
from mainspring.ui.here import here

NOTHING = Markup("")
TIME = Markup('<time datetime="%s" title="%s"%s>%s</time>')
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")
ADDRESS = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def language() -> str:
    """The language that this page speaks, as Babel names it."""
    return here().language.replace("-", "_")


def locale() -> Locale:
    return _locale(language())


@lru_cache(64)
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except ValueError:
        return Locale("en")


def direction(code: str = "") -> str:
    """Where a language runs to, by default the one that this page speaks."""
    return "rtl" if (code or language()).split("_")[0] in RIGHT_TO_LEFT else "ltr"


def money(amount: Decimal | None, currency: str) -> Markup:
    """An amount, isolated from the text around it; nothing for None."""
    return NOTHING if amount is None else _money(Decimal(amount), currency, language())


@lru_cache(4096)
def _money(amount: Decimal, currency: str, code: str) -> Markup:
    shown = show_money(amount, currency, code)
    toward = "rtl" if RIGHT_TO_LEFT_MARK in shown else "ltr"
    return Markup('<bdi class="figure" dir="{}">{}</bdi>').format(toward, shown)


def number(value: Decimal | int | float | None) -> Markup:
    """A plain number with the separators of the language."""
    if value is None:
        return NOTHING
    return Markup('<bdi class="figure" dir="ltr">{}</bdi>').format(format_decimal(value, locale=locale()))


def day(when: date | datetime | None) -> Markup:
    """A day: "Nov 24", with the year when it is not this one."""
    if when is None:
        return NOTHING
    place = here()
    local = when.astimezone(place.zone).date() if isinstance(when, datetime) else when
    return _day(local, local.year == place.today.year, language())


@lru_cache(8192)
def _day(local: date, is_this_year: bool, code: str) -> Markup:
    return _time_element(local.isoformat(), _day_in_full(local, code), _short_day(local, is_this_year, code))


@lru_cache(8192)
def _short_day(local: date, is_this_year: bool, code: str) -> str:
    return format_skeleton("MMMd" if is_this_year else "yMMMd", local, locale=_locale(code))


def moment(when: datetime | None) -> Markup:
    """A day and a time; the time alone when it is today."""
    if when is None:
        return NOTHING
    place = here()
    return _moment(when, place.zone, place.today, language())


@lru_cache(8192)
def _moment(when: datetime, zone: tzinfo, today: date, code: str) -> Markup:
    local = when.astimezone(zone)
    shown = _time(local, code)
    if local.date() != today:
        shown = f"{_short_day(local.date(), local.year == today.year, code)}, {shown}"
    return _time_element(when.isoformat(), _in_full(local, code), shown)


def ago(when: datetime | None) -> Markup:
    """How long ago, or in how long: "3 days ago". The page keeps it true while it stays open."""
    if when is None:
        return NOTHING
    place = here()
    return _ago(when, _about((when - place.now).total_seconds()), place.zone, language())


@lru_cache(8192)
def _ago(when: datetime, about: int, zone: tzinfo, code: str) -> Markup:
    in_full = _in_full(when.astimezone(zone), code)
    return _time_element(when.isoformat(), in_full, _span(about, code), Markup(" data-ago"))


def clock(when: datetime | None) -> Markup:
    """The time of day."""
    return NOTHING if when is None else _clock(when, here().zone, language())


@lru_cache(8192)
def _clock(when: datetime, zone: tzinfo, code: str) -> Markup:
    local = when.astimezone(zone)
    return _time_element(when.isoformat(), _in_full(local, code), _time(local, code))


def hours(minutes: int | timedelta | None) -> Markup:
    """A span of work as hours and minutes, "1:05". Takes minutes or a timedelta."""
    if minutes is None:
        return NOTHING
    whole = int(minutes.total_seconds() // 60) if isinstance(minutes, timedelta) else minutes
    return Markup('<bdi class="figure" dir="ltr">{}:{:02}</bdi>').format(whole // 60, whole % 60)


def size(octets: int) -> Markup:
    """A file's size: "340 kB", "1.2 MB"."""
    if octets < 1000:
        shown = f"{octets} B"
    elif octets < 1_000_000:
        shown = f"{octets / 1000:.0f} kB"
    else:
        shown = f"{octets / 1_000_000:.1f} MB"
    return Markup('<bdi class="figure" dir="ltr">{}</bdi>').format(shown)


def ltr(text: object) -> Markup:
    """A code, phone or mail address that reads left to right in every language."""
    return Markup('<bdi dir="ltr">') + escape(text or "") + Markup("</bdi>")


def paragraphs(text: str | None) -> Markup:
    """People's plain text: escaped, its paragraphs and line breaks kept, its addresses made links."""
    blocks = re.split(r"\n{2,}", (text or "").replace("\r\n", "\n").strip())
    return Markup("").join(_paragraph(block) for block in blocks if block)


def sample(name: str) -> str:
    """The letters that stand for a person: "Sara Cohen" is SC."""
    parts = [part for part in re.split(r"[\s\-]+", name.strip()) if part and part[0].isalnum()]
    picked = parts[:1] + parts[-1:] if len(parts) > 1 else parts
    return "".join(part[0] for part in picked).upper() or "?"


def _paragraph(block: str) -> Markup:
    lines = Markup("<br>").join(_with_links(line) for line in block.split("\n"))
    return Markup('<p dir="auto">{}</p>').format(lines)


def _with_links(line: str) -> Markup:
    if "@" not in line and "://" not in line:
        return escape(line)
    pieces: list[Markup] = []
    end = 0
    for found in ADDRESS.finditer(line):
        pieces += [escape(line[end : found.start()]), _link(found)]
        end = found.end()
    return Markup("").join([*pieces, escape(line[end:])])


def _link(found: re.Match[str]) -> Markup:
    page, mail = found.groups()
    if page:
        return Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank" dir="ltr">{0}</a>').format(page)
    else:
        return Markup('<a href="mailto:{0}" dir="ltr">{0}</a>').format(mail)


def _time_element(machine: str, in_full: str, shown: str, mark: Markup = NOTHING) -> Markup:
    """A day or a moment as it is shown, with all of it in its title; `machine` is it in ISO 8601."""
    return TIME % (machine, in_full, mark, shown)


def _time(local: datetime, code: str) -> str:
    """The time of day."""
    return _last_minute(local.hour, code).replace("59", f"{local.minute:02}")


@lru_cache(512)
def _last_minute(hour: int, code: str) -> str:
    """The last minute of an hour, "3:59 PM", out of which every other is made: no hour is written 59."""
    return format_skeleton("Hm" if code != "en" else "hm", time(hour, 59), locale=_locale(code))


def _in_full(local: datetime, code: str) -> str:
    """The day by its full name, and the time. Both are kept by themselves: few are new on a page."""
    return _joint(code).format(_time(local, code), _day_in_full(local.date(), code))


@lru_cache(64)
def _joint(code: str) -> str:
    """How a language puts a time {0} and a day {1} together."""
    return str(get_datetime_format("full", locale=_locale(code))).replace("'", "")


@lru_cache(8192)
def _day_in_full(local: date, code: str) -> str:
    return format_date(local, "full", locale=_locale(code))


def _about(seconds: float) -> int:
    """As exactly as it is said: seconds within the hour, minutes within two days, hours within a month, then days."""
    far = abs(seconds)
    step = 1 if far < 3600 else 60 if far < 172_800 else 3600 if far < 2_592_000 else 86_400
    return round(seconds / step) * step


@lru_cache(8192)
def _span(seconds: int, code: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=_locale(code))

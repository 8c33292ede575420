"""Words, amounts and times as pages show them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_skeleton
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from mainspring.ui import words


def test_money_is_isolated_and_written_as_the_language_does() -> None:
    assert words.money(Decimal("1234.5"), "USD") == '<bdi class="figure" dir="ltr">$1,234.50</bdi>'
    with translation.override("he"):
        assert 'dir="rtl"' in words.money(Decimal(70), "ILS")
    assert words.money(None, "USD") == ""


def test_times_are_in_the_zone_of_the_reader() -> None:
    noon = datetime(2020, 6, 1, 12, 0, tzinfo=UTC)
    with timezone.override("Asia/Jerusalem"):
        assert "3:00 PM" in words.moment(noon)
        assert "Jun 1, 2020" in words.moment(noon)
    with timezone.override("America/New_York"):
        assert "8:00 AM" in words.clock(noon)


def test_a_day_of_another_year_says_its_year() -> None:
    assert ">Jun 1, 2020<" in words.day(date(2020, 6, 1))
    assert ">Jun 1<" in words.day(timezone.localdate().replace(month=6, day=1))


def test_how_long_ago_is_said_in_the_language() -> None:
    then = timezone.now() - timedelta(days=3)
    assert ">3 days ago<" in words.ago(then)
    with translation.override("he"):
        assert "לפני 3 ימים" in words.ago(then)


def test_spans_and_sizes() -> None:
    assert ">1:05<" in words.hours(65)
    assert ">0:30<" in words.hours(timedelta(minutes=30))
    assert ">1.2 MB<" in words.size(1_240_000)


def test_text_keeps_its_lines_and_links_and_nothing_else() -> None:
    shown = words.paragraphs("See https://example.com/a?b=1&c=2.\n<b>bold</b>\n\nשלום sara@acme.example")
    assert shown == (
        '<p dir="auto">See <a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" '
        'target="_blank" dir="ltr">https://example.com/a?b=1&amp;c=2</a>.<br>&lt;b&gt;bold&lt;/b&gt;</p>'
        '<p dir="auto">שלום <a href="mailto:sara@acme.example" dir="ltr">sara@acme.example</a></p>'
    )


@given(st.text(alphabet=st.sampled_from("<>\"'& \nhtps:/javascript.@x")))
def test_no_text_brings_its_own_markup(text: str) -> None:
    shown = str(words.paragraphs(text))
    for ours in ("<p dir=", "</p>", "<br>", "<a href=", "</a>"):
        shown = shown.replace(ours, "")
    assert "<" not in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sara Cohen", "SC"), ("Max", "M"), ("", "?"), ("Anne-Marie van Dyck", "AD"), ("יעל מזרחי", "ימ")],
)
def test_letters_stand_for_a_person(name: str, letters: str) -> None:
    assert words.sample(name) == letters


@pytest.mark.parametrize("code", ["en", "he", "de", "ar", "fr"])
def test_a_minute_is_written_as_the_language_does(code: str) -> None:
    """Every minute of a day, against what Babel says of it."""
    skeleton = "hm" if code == "en" else "Hm"
    with translation.override(code):
        for minute in range(24 * 60):
            when = datetime(2020, 6, 1, minute // 60, minute % 60, tzinfo=UTC)
            assert f">{format_skeleton(skeleton, when.time(), locale=code)}<" in words.clock(when)

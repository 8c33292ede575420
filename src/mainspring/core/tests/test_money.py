"""Money as people write it: rounded half away from zero, the minus in front in every language."""

from decimal import Decimal

import pytest
from django.utils import translation

from mainspring.core.money import record_money, round_money, show_money, show_recorded_money


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("0.005", "EUR", "0.01"), ("-0.005", "EUR", "-0.01"), ("0.0049", "EUR", "0.00"), ("1234.5", "JPY", "1235")],
)
def test_half_a_cent_goes_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert round_money(Decimal(amount), currency) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "language", "shown"),
    [
        ("-10", "en", "-₪10.00"),
        ("10", "he", "\u200f10.00\xa0\u200f₪"),
        ("-10", "he", "\u200f\u200e-10.00\xa0\u200f₪"),
        ("-1234.5", "he", "\u200f\u200e-1,234.50\xa0\u200f₪"),
    ],
)
def test_an_amount_is_written_as_the_language_does(amount: str, language: str, shown: str) -> None:
    assert show_money(Decimal(amount), "ILS", language) == shown


def test_a_recorded_amount_is_read_in_the_readers_language() -> None:
    kept = record_money(Decimal("70.000"), "USD")
    assert (kept, show_recorded_money(kept)) == ("70.00 USD", "$70.00")
    with translation.override("he"):
        assert show_recorded_money(kept) == show_money(Decimal(70), "USD", "he")


@pytest.mark.parametrize("odd", ["", "–", "much"])
def test_what_is_no_recorded_amount_stays_as_it_is(odd: str) -> None:
    assert show_recorded_money(odd) == odd

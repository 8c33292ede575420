"""What addresses and forms carry."""

import pytest

from mainspring.core.asked import LONGEST, clean, row_key, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1042", 1042),
        ("٤٢", 42),
        ("0", 0),
        ("9" * LONGEST, 10**LONGEST - 1),
        ("9" * (LONGEST + 1), None),
        ("1" * 5000, None),
        ("²", None),
        ("-1", None),
        ("1.0", None),
        (" 1", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_a_whole_number(text: str | None, number: int | None) -> None:
    assert whole(text) == number
    assert row_key(text) == (number or 0)


def test_words_are_kept_as_far_as_a_column_holds_them() -> None:
    assert clean("  printer\x00 jam ", 100) == "printer jam"
    assert clean("printer jam", 7) == "printer"
    assert clean(None, 7) == ""

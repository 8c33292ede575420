"""What is kept: the latest of each of the last days, weeks and months."""

from datetime import UTC, datetime, timedelta

from mainspring.backups.retention import Retention

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def name(moment: datetime) -> str:
    return f"mainspring-3f2a91c0-{moment:%Y%m%dT%H%M%S}Z.backup"


def test_a_year_of_nights_comes_down_to_days_weeks_and_months() -> None:
    nights = [name(NOW - timedelta(days=days)) for days in range(365)]
    kept = Retention(7, 4, 12).spares(nights)
    assert {name(NOW - timedelta(days=days)) for days in range(7)} <= kept
    assert len(kept) == 7 + 2 + 11  # two of the weeks and one of the months have their latest among the days
    months = {one[20:26] for one in kept}
    assert len(months) == 12


def test_of_a_day_with_several_the_latest_stays() -> None:
    day = [name(NOW + timedelta(hours=hours)) for hours in range(5)]
    assert Retention(7, 0, 0).spares(day) == {day[-1]}


def test_days_without_a_backup_are_not_counted() -> None:
    old = [name(NOW - timedelta(days=days)) for days in (100, 200, 300)]
    assert Retention(3, 0, 0).spares(old) == set(old)


def test_a_name_that_tells_no_time_stays() -> None:
    assert Retention(1, 0, 0).spares(["by-hand.backup", name(NOW)]) == {"by-hand.backup", name(NOW)}

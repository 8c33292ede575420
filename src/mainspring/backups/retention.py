"""Which archives are kept: the latest of each of the last days, weeks and months in which there is one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

STAMP = re.compile(r"-(\d{8}T\d{6})Z\.backup$")


@dataclass(frozen=True)
class Retention:
    """How many days, weeks and months."""

    daily: int
    weekly: int
    monthly: int

    def spares(self, names: Iterable[str]) -> set[str]:
        """What stays. A name that tells no time is not ours to judge, and stays."""
        dated = sorted(((moment_of(name), name) for name in names), key=lambda row: row[1], reverse=True)
        known = [(moment, name) for moment, name in dated if moment is not None]
        stays = {name for moment, name in dated if moment is None}
        stays |= _latest(known, lambda moment: moment.strftime("%Y-%m-%d"), self.daily)
        stays |= _latest(known, lambda moment: moment.strftime("%G-W%V"), self.weekly)
        return stays | _latest(known, lambda moment: moment.strftime("%Y-%m"), self.monthly)


def moment_of(name: str) -> datetime | None:
    """When an archive was made, by its name."""
    found = STAMP.search(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def _latest(known: list[tuple[datetime, str]], span: Callable[[datetime], str], most: int) -> set[str]:
    """The latest of each of the last `most` spans that have one. `known` has the latest first."""
    first: dict[str, str] = {}
    for moment, name in known:
        first.setdefault(span(moment), name)
    return set(list(first.values())[:most])

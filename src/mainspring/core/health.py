"""How the installation stands: every module says of its own things what is fine and what is not, with the mend."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

Words = str | Promise


class Level(IntEnum):
    """How bad it is. A warning can wait; what is broken costs mail, money or data now."""

    FINE = 0
    WARNING = 1
    BROKEN = 2


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands in one sentence, and what to do about it."""

    topic: Words
    level: Level
    says: Words
    mend: Words = ""
    key: str = ""
    """The topic's name for machines, by the function that looked: `mail_out`."""

    @classmethod
    def fine(cls, topic: Words, says: Words) -> "Finding":
        return cls(topic, Level.FINE, says)


Look = Callable[[], Iterable[Finding]]

_looks: list[tuple[int, Words, Look]] = []


def looks_at(topic: Words, *, order: int) -> Callable[[Look], Look]:
    """Join the health page and `mainspring check`: `@looks_at(_("Disk"), order=60)` over a generator of findings."""

    def join(look: Look) -> Look:
        _looks.append((order, topic, look))
        _looks.sort(key=lambda row: row[0])
        return look

    return join


def findings() -> list[Finding]:
    """Everything that was looked at, in order. What can't even be looked at is broken."""
    found: list[Finding] = []
    for _order, topic, look in _looks:
        try:
            found += [replace(one, key=look.__name__) for one in look()]
        except Exception as error:
            log.exception("The health of %s could not be looked at", topic)
            why = _("It could not be looked at: %(why)s") % {"why": f"{type(error).__name__}: {error}"}
            found.append(Finding(topic, Level.BROKEN, why, key=look.__name__))
    return found


def worst_of(found: Sequence[Finding]) -> dict[str, Finding]:
    """Of each topic the worst that was found, in order."""
    worst: dict[str, Finding] = {}
    for one in found:
        known = worst.get(one.key)
        if known is None or one.level > known.level:
            worst[one.key] = one
    return worst

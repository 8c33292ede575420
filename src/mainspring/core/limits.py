"""How often something may be done, for one key: an address, a link, a person, a token. The house's one way to limit.

Counted in the database before anything is looked at, so that it holds however many try at once, in any process. Taken
within a transaction it is counted with it: who must count refusals takes outside. See decision 21.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from mainspring.core.tries import Tries

LONGEST = 150
HELD_MOST = 5000


@dataclass(frozen=True)
class Standing:
    """How a limit stands after one more was asked."""

    most: int
    left: int
    resets_in: int
    """Seconds until all are there again, at least one."""
    is_over: bool = False


@dataclass(frozen=True)
class Limit:
    """At most `most` within `seconds`, from the first one on.

    With a `stride` a process takes so many from the database at once and holds them in hand, so that not each is a
    write; never more than `most` altogether. Only for what is taken outside a transaction, and never given back.
    """

    name: str
    most: int
    seconds: int
    stride: int = 1

    def take(self, key: object) -> Standing:
        """Count one more; the answer says when it was too many."""
        return _hands.take(self, self._key(key))

    def allows(self, key: object) -> bool:
        """Whether one more is within the limit; asking counts."""
        return not self.take(key).is_over

    def give_back(self, key: object) -> None:
        """It was none after all."""
        Tries.objects.give_back(self._key(key))

    def _key(self, key: object) -> str:
        return f"{self.name}:{key}"[:LONGEST]


@dataclass(frozen=True)
class Hand:
    """What a process holds of one key: so many, of which nobody else knows, and so many left for all, until the end."""

    many: int
    left: int
    ends_at: datetime


class Hands:
    """What this process has taken from the database and not used yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: dict[str, Hand] = {}

    def take(self, limit: Limit, key: str) -> Standing:
        held = self._used(key) if limit.stride > 1 else None
        if held is not None:
            return Standing(limit.most, held.left + held.many, _seconds_to(held.ends_at))
        spell = timedelta(seconds=limit.seconds)
        for many in dict.fromkeys((min(limit.stride, limit.most), 1)):
            row, is_taken = Tries.objects.take(key, many, most=limit.most, spell=spell)
            if is_taken:
                in_hand = self._kept(key, Hand(many - 1, limit.most - row.count, row.ends_at))
                return Standing(limit.most, limit.most - row.count + in_hand, _seconds_to(row.ends_at))
        return Standing(limit.most, 0, _seconds_to(row.ends_at), is_over=True)

    def _used(self, key: str) -> Hand | None:
        """One out of the hand; None when it is empty, or its spell is over."""
        with self.lock:
            held = self.held.get(key)
            if held is None or held.many < 1 or held.ends_at <= timezone.now():
                return None
            self.held[key] = held = Hand(held.many - 1, held.left, held.ends_at)
            return held

    def _kept(self, key: str, new: Hand) -> int:
        """How many are in hand with these."""
        if new.many < 1:
            return 0
        with self.lock:
            if len(self.held) > HELD_MOST:
                now = timezone.now()
                self.held = {name: hand for name, hand in self.held.items() if hand.ends_at > now and hand.many}
            before = self.held.get(key)
            more = before.many if before and before.ends_at == new.ends_at else 0
            self.held[key] = Hand(new.many + more, new.left, new.ends_at)
            return new.many + more

    def forget(self) -> None:
        with self.lock:
            self.held.clear()


def _seconds_to(moment: datetime) -> int:
    return max(1, ceil((moment - timezone.now()).total_seconds()))


_hands = Hands()
forget = _hands.forget
"""For tests: what is in hand belongs to the database of the test before."""

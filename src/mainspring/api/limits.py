"""How much a caller may ask in a span of time. Counted in the database, so that it holds across processes."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from mainspring.api.models import Spent
from mainspring.api.problems import Problem
from mainspring.core.limits import Limit

STRIDE = 20
"""How many requests a process takes from the database at once, so that not each of them is a write."""


@dataclass(frozen=True)
class Standing:
    """How an allowance stands after a request."""

    most: int
    left: int
    resets_in: int
    is_over: bool = False

    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.resets_in),
        }
        return told | ({"Retry-After": str(self.resets_in)} if self.is_over else {})


@dataclass(frozen=True)
class Allowance:
    """So many in so many seconds, under a name. With a `stride` a process holds some in hand."""

    name: str
    most: int
    seconds: int
    stride: int = 1

    def spend(self, who: str) -> Standing:
        """Take one. The answer says when there are none left; nobody ever gets more than `most`."""
        now = time.time()
        since = now - now % self.seconds
        resets_in = max(1, int(since + self.seconds - now) + 1)
        left = _hands.take(self, f"{self.name}:{who}"[:120], since)
        return Standing(self.most, max(left, 0), resets_in, is_over=left < 0)

    def demand(self, who: str) -> Standing:
        """The same, refused with 429 when there are none left."""
        standing = self.spend(who)
        if standing.is_over:
            raise over(standing)
        return standing


def demand(limit: Limit, key: object) -> None:
    """Count one more of what the pages count too, refused with 429 when it is too many."""
    if not limit.allows(key):
        raise Problem(429, _("That was very often in a short time."), headers=(("Retry-After", str(limit.seconds)),))


def over(standing: Standing) -> Problem:
    detail = _("Too many requests: %(most)d are allowed.") % {"most": standing.most}
    return Problem(429, detail, headers=tuple(standing.headers().items()))


class Hands:
    """What this process has taken from the database and not used yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: dict[str, tuple[float, int, int]] = {}

    def take(self, allowance: Allowance, key: str, since: float) -> int:
        """Use one; how many are left for everybody then, −1 when there was none."""
        with self.lock:
            span, in_hand, left = self.held.get(key, (0.0, 0, 0))
            if span == since and in_hand > 0:
                self.held[key] = (since, in_hand - 1, left)
                return left + in_hand - 1
        begun = datetime.fromtimestamp(since, UTC)
        for many in dict.fromkeys((min(allowance.stride, allowance.most), 1)):
            used = Spent.take(key, begun, many, most=allowance.most)
            if used is not None:
                return self._keep(key, since, many - 1, allowance.most - used)
        return -1

    def _keep(self, key: str, since: float, in_hand: int, left: int) -> int:
        with self.lock:
            if len(self.held) > 5000:
                self.held = {name: kept for name, kept in self.held.items() if kept[0] == since}
            span, before, _left = self.held.get(key, (0.0, 0, 0))
            more = before if span == since else 0
            self.held[key] = (since, in_hand + more, left)
            return left + in_hand + more

    def forget(self) -> None:
        with self.lock:
            self.held.clear()


_hands = Hands()
forget = _hands.forget
"""For tests: what is in hand belongs to the database of the test before."""

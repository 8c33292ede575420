"""How often something may be tried: counted in the cache, for one key (an address, a link, a person)."""

from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """At most `most` acts within `seconds`, counted from the first one. The count rises before anything is done."""

    name: str
    most: int
    seconds: int

    def allows(self, key: object) -> bool:
        """Whether one more is within the limit; asking counts."""
        place = f"limit:{self.name}:{key}"
        cache.add(place, 0, self.seconds)
        try:
            return cache.incr(place) <= self.most
        except ValueError:  # it ran out between the two lines
            return True

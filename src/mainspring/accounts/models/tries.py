"""How often something was tried: counted in the database, so that a limit holds across threads and processes."""

from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

ROUNDS = 5
"""A row may run out or be made by another between two statements; then the next round finds it."""


class TriesManager(models.Manager["Tries"]):
    def take(self, key: str, *, most: int, spell: timedelta) -> int:
        """Count one more try within the limit: 0, or the whole seconds to wait when it is used up.

        Each step is one statement that asks and changes at once, so of any number at the same time `most` get through.
        """
        for _round in range(ROUNDS):
            now = timezone.now()
            if self._count(key, most, now) or self._begin_again(key, now, spell) or self._begin(key, now, spell):
                return 0
            ends = self.filter(key=key, ends_at__gt=now).values_list("ends_at", flat=True).first()
            if ends is not None:
                return max(1, ceil((ends - now).total_seconds()))
        return 1

    def give_back(self, key: str) -> None:
        """The try was none: what was tried was right."""
        self.filter(key=key, count__gt=0).update(count=F("count") - 1)

    def _count(self, key: str, most: int, now: datetime) -> bool:
        return bool(self.filter(key=key, ends_at__gt=now, count__lt=most).update(count=F("count") + 1))

    def _begin_again(self, key: str, now: datetime, spell: timedelta) -> bool:
        return bool(self.filter(key=key, ends_at__lte=now).update(count=1, ends_at=now + spell))

    def _begin(self, key: str, now: datetime, spell: timedelta) -> bool:
        if self.filter(key=key).exists():
            return False
        try:
            with transaction.atomic():
                self.create(key=key, count=1, ends_at=now + spell)
        except IntegrityError:
            return False
        return True


class Tries(models.Model):
    """How often one thing was tried (a password for an address, a code for a person) until its spell ends."""

    key = models.CharField(max_length=150, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects: ClassVar[TriesManager] = TriesManager()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"

"""How often something was tried: counted in the database, so that a limit holds across threads and processes."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

ROUNDS = 5
"""A row may run out or be made by another between two statements; then the next round finds it."""


class TriesManager(models.Manager["Tries"]):
    def take(self, key: str, many: int, *, most: int, spell: timedelta) -> "tuple[Tries, bool]":
        """Count `many` more within the limit: how the count stands then, and whether there were so many left.

        One statement asks and changes at once, so of any number at the same time `most` get through.
        """
        row = Tries(key=key, count=most, ends_at=timezone.now() + timedelta(seconds=1))
        for _round in range(ROUNDS):
            now = timezone.now()
            with transaction.atomic():
                if self._count(key, many, most, now) or self._begin_again(key, many, now, spell):
                    return self.get(key=key), True
            row = self.filter(key=key, ends_at__gt=now).first() or row
            if row.pk is None:
                self.bulk_create([Tries(key=key, count=0, ends_at=now + spell)], ignore_conflicts=True)
            elif row.count + many > most:
                return row, False
        return row, False

    def give_back(self, key: str) -> None:
        """The try was none: what was tried was right."""
        self.filter(key=key, count__gt=0).update(count=F("count") - 1)

    def over(self) -> "models.QuerySet[Tries]":
        """Those whose spell has ended."""
        return self.filter(ends_at__lt=timezone.now())

    def _count(self, key: str, many: int, most: int, now: datetime) -> bool:
        open_ones = self.filter(key=key, ends_at__gt=now, count__lte=most - many)
        return bool(open_ones.update(count=F("count") + many))

    def _begin_again(self, key: str, many: int, now: datetime, spell: timedelta) -> bool:
        return bool(self.filter(key=key, ends_at__lte=now).update(count=many, ends_at=now + spell))


class Tries(models.Model):
    """How often one thing was tried (a password for an address, a page by a link) until its spell ends."""

    key = models.CharField(max_length=150, unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects: ClassVar[TriesManager] = TriesManager()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"

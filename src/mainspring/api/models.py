"""What was answered under an Idempotency-Key, and how much every caller has asked for."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone


class Answered(models.Model):
    """The answer to a request that carried an Idempotency-Key. Written in the transaction of what it did."""

    holder = models.CharField(max_length=60, help_text="Who asked, e.g. person:3.")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_key_is_answered_once", fields=["holder", "key"])]

    def __str__(self) -> str:
        return self.key


class Spent(models.Model):
    """How much of an allowance was used in one span of time."""

    key = models.CharField(max_length=120)
    since = models.DateTimeField(db_index=True)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="an_allowance_is_counted_once", fields=["key", "since"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"

    @classmethod
    def take(cls, key: str, since: datetime, many: int, *, most: int) -> int | None:
        """Take so many of what is left; how many are used then, or None when there are not so many left.

        One conditional UPDATE decides, so it holds however many processes ask at once.
        """
        span = cls.objects.filter(key=key, since=since)
        with transaction.atomic():
            if not span.filter(used__lte=most - many).update(used=F("used") + many):
                Spent.objects.bulk_create([Spent(key=key, since=since)], ignore_conflicts=True)
                if not span.filter(used__lte=most - many).update(used=F("used") + many):
                    return None
            return span.values_list("used", flat=True).get()

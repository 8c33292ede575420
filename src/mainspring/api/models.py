"""What was answered under an Idempotency-Key."""

from django.db import models
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

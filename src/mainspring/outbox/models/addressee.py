"""One row a mail address: what is decided about an address is decided by one transaction at a time."""

from django.db import models


class Addressee(models.Model):
    """A mail address that we write to or hear from. Locked while its pace is counted or its contact is made."""

    address = models.CharField(max_length=254, unique=True)

    def __str__(self) -> str:
        return self.address

    @classmethod
    def lock(cls, address: str) -> "Addressee":
        """The address's row, locked until the caller's transaction ends."""
        key = address.strip().lower()[:254]
        Addressee.objects.bulk_create([Addressee(address=key)], ignore_conflicts=True)
        return Addressee.objects.select_for_update().get(address=key)

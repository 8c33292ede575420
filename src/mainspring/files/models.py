"""Files kept by their content."""

from django.db import models


class StoredFile(models.Model):
    """A file somebody gave us: bytes under their SHA-256, with the name and type it came by and the type it is."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    declared_type = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_by = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

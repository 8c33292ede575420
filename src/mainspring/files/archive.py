"""The archive: each paper is printed once and byte-equal ever after."""

import hashlib
from collections.abc import Callable
from typing import Any, Self

from django.db import IntegrityError, models, transaction

from mainspring.files.models import StoredFile


class Altered(Exception):
    """The archived bytes are not the ones that were printed."""


class Archive(models.Model):
    """The PDF of a paper. Who archives papers adds which one it is, once, and freezes the table."""

    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sha256

    @classmethod
    def content(cls, printed: Callable[[], bytes], *, name: str, **paper: Any) -> bytes:
        """The PDF of this paper; printed and archived on the first call. Raises Altered when the bytes were touched."""
        kept = cls._default_manager.select_related("file").filter(**paper).first() or cls._keep(printed(), name, paper)
        content = kept.file.read()
        if hashlib.sha256(content).hexdigest() != kept.sha256:
            raise Altered(name)
        return content

    @classmethod
    def _keep(cls, printed: bytes, name: str, paper: dict[str, Any]) -> Self:
        try:
            with transaction.atomic():
                file = StoredFile.keep(printed, name=name, declared_type="application/pdf")
                return cls._default_manager.create(sha256=file.sha256, file=file, **paper)
        except IntegrityError:  # printed by somebody else meanwhile: theirs is the paper
            return cls._default_manager.select_related("file").get(**paper)

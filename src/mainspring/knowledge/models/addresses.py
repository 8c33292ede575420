"""The last part of an address, out of a title. It is made once and stays, whatever the title becomes."""

import secrets
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from mainspring.core.text import Translated

LONGEST = 80


class Addressed(Protocol):
    """A row with an address of its own."""

    slug: str
    _default_manager: Any

    def save(self) -> None: ...


def save_under_address(row: Addressed, title: Translated) -> None:
    """Keep a new row under the words of its title; when another takes them at the same moment, with letters by lot."""
    row.slug = free_address(row, title)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.slug = f"{row.slug}-{secrets.token_hex(3)}"
        row.save()


def free_address(row: Addressed, title: Translated) -> str:
    """The words of the title, in English when it has any; with a number when another row has them already."""
    words = slugify(title.into("en"), allow_unicode=True)[: LONGEST - 16].strip("-_") or "untitled"
    taken = set(type(row)._default_manager.filter(slug__startswith=words).values_list("slug", flat=True))
    number = 2
    address = words
    while address in taken:
        address, number = f"{words}-{number}", number + 1
    return address

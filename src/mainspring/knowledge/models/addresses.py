"""The last part of an address, out of a title. It is made once and stays, whatever the title becomes."""

from django.db import models
from django.utils.text import slugify

from mainspring.core.text import Translated

LONGEST = 80


def free_address(rows: "type[models.Model]", title: Translated) -> str:
    """The words of the title, in English when it has any; with a number when another row has them already."""
    words = slugify(title.into("en"), allow_unicode=True)[: LONGEST - 8].strip("-_") or "untitled"
    taken = set(rows._default_manager.filter(slug__startswith=words).values_list("slug", flat=True))
    number = 2
    address = words
    while address in taken:
        address, number = f"{words}-{number}", number + 1
    return address

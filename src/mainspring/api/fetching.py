"""Finding what an operation speaks of: the thing itself, or the same 404 for missing and foreign."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from mainspring.api.problems import Problem, wrong

M = TypeVar("M", bound=Model)


def the_one(found: "QuerySet[M]", **by: Any) -> M:
    """The row, else 404."""
    row = found.filter(**by).first()
    if row is None:
        raise Problem(404)
    return row


def locked(found: "QuerySet[M]", **by: Any) -> M:
    """The row, its own lock held until the transaction ends, else 404."""
    return the_one(found.select_for_update(of=("self",)), **by)


def named(found: "QuerySet[M]", pk: int | None, field: str) -> M | None:
    """The row that a field of the body names, None for none; 422 when there is no such row."""
    if pk is None:
        return None
    row = found.filter(pk=pk).first()
    if row is None:
        raise wrong(field, _("There is nothing of this number."))
    return row

"""How a limit is told in the API: in the headers of each answer, and as the problem of who asked too often."""

from django.utils.translation import gettext as _

from mainspring.api.problems import Problem
from mainspring.core.limits import Limit, Standing

STRIDE = 20
"""How many requests a process takes from the database at once, so that not each of them is a write."""


def demand(limit: Limit, key: object) -> None:
    """Count one more, refused with 429 when there are none left."""
    standing = limit.take(key)
    if standing.is_over:
        raise over(standing)


def over(standing: Standing) -> Problem:
    detail = _("Too many requests: %(most)d are allowed.") % {"most": standing.most}
    return Problem(429, detail, headers=tuple(headers(standing).items()))


def headers(standing: Standing) -> dict[str, str]:
    told = {
        "RateLimit-Limit": str(standing.most),
        "RateLimit-Remaining": str(standing.left),
        "RateLimit-Reset": str(standing.resets_in),
    }
    return told | ({"Retry-After": str(standing.resets_in)} if standing.is_over else {})

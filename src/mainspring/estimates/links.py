"""The signed link of an estimate."""

from mainspring.core.asked import row_key
from mainspring.core.links import link
from mainspring.core.tokens import is_signed, sign
from mainspring.estimates.models import Estimate

LENGTH = 32


def estimate_token(estimate: Estimate) -> str:
    return f"{estimate.pk}.{sign('estimate', str(estimate.pk), length=LENGTH)}"


def estimate_link(estimate: Estimate) -> str:
    return link("public_estimate", estimate_token(estimate))


def estimate_of_token(token: str) -> Estimate | None:
    """The estimate a link was made for; None for a wrong one."""
    pk, _dot, tag = token.partition(".")
    if len(tag) != LENGTH or not is_signed("estimate", pk, tag):
        return None
    return Estimate.objects.select_related("ticket__contact", "ticket__status").filter(pk=row_key(pk)).first()

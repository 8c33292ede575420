"""The customers' door into their estimates."""

from django.http import HttpResponse

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.estimates.links import estimate_link
from mainspring.estimates.listing import EstimateList
from mainspring.ui.pages import portal_page


@customer()
def estimates(request: CustomerRequest) -> HttpResponse:
    """All that were sent to him, the latest first, each with its state and the page where it is answered."""
    wanted = EstimateList.read(request.GET, request.user)
    found, older = wanted.page()
    return portal_page(
        request,
        "estimates/portal_estimates.html",
        wanted=wanted,
        found=[(row, estimate_link(row.estimate)) for row in found],
        older=older,
    )

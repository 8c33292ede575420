"""The staff's doors to the dashboard, and to the payments behind its revenue."""

from django.http import HttpResponse

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.shop import Shop
from mainspring.reports import permissions
from mainspring.reports.dashboard import Dashboard
from mainspring.reports.revenue import PaymentList
from mainspring.ui.pages import page


@staff(permissions.DASHBOARD)
def dashboard(request: StaffRequest) -> HttpResponse:
    return page(request, "reports/dashboard.html", shown=Dashboard(request.user))


@staff(permissions.REVENUE)
def payments(request: StaffRequest) -> HttpResponse:
    """The payments of a month (`?month=2026-11`), which add up to the dashboard's revenue."""
    wanted = PaymentList.read(request.GET, Shop.get().currency)
    found, older = wanted.page()
    return page(request, "reports/payments.html", wanted=wanted, found=found, older=older, sum=wanted.sum())

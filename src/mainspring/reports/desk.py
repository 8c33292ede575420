"""The staff's door to the dashboard."""

from django.http import HttpResponse
from django.utils.translation import get_language

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.reports import permissions
from mainspring.reports.dashboard import Dashboard
from mainspring.ui.pages import page


@staff(permissions.DASHBOARD)
def dashboard(request: StaffRequest) -> HttpResponse:
    shown = Dashboard(request.user)
    return page(request, "reports/dashboard.html", shown=shown, revenue=shown.revenue(get_language() or "en"))

"""The staff's doors into the list of invoices, on the page and as a file."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.billing import permissions
from mainspring.billing.conservation import alarm
from mainspring.billing.listing import InvoiceList, Row
from mainspring.billing.models import HeldMoney, Invoice
from mainspring.core.money import sum_money
from mainspring.core.shop import Shop
from mainspring.ui.pages import page
from mainspring.ui.spreadsheets import Spreadsheet, take


@staff(permissions.VIEW)
def invoices(request: StaffRequest) -> HttpResponse:
    """What stands in the URL: `q` words, `show` a kind, `sort` a column, `after` a place."""
    wanted = InvoiceList.read(request.GET, request.user)
    found, older = wanted.page()
    currency = Shop.get().currency
    unpaid = Invoice.objects.unpaid().filter(currency=currency)
    return page(
        request,
        "billing/invoices.html",
        wanted=wanted,
        found=found,
        older=older,
        owed=sum_money(unpaid, "standing__balance", currency),
        held=list(HeldMoney.objects.filter(mended_at=None).select_related("invoice").order_by("id")[:20]),
        alarm=alarm(),
    )


@staff(permissions.VIEW)
def invoices_csv(request: StaffRequest) -> Spreadsheet:
    """The same list whole, for a spreadsheet."""
    head = [
        _("Number"), _("Kind"), _("Customer"), _("Ticket"), _("Date"), pgettext("invoice", "Due"),
        _("Currency"), _("Net"), _("Tax"), _("Total"), _("Paid"), _("Credited"), _("Still to pay"),
    ]  # fmt: skip
    rows = InvoiceList.read(request.GET, request.user).all()
    return take(request, "invoices", head, map(_cells, rows))


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.code, row.purpose_name, row.customer, row.ticket, row.issued_on, row.due_on, row.currency, row.net, row.tax,
        row.total, row.paid, row.credited, row.balance,
    )  # fmt: skip

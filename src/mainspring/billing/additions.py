"""What billing shows in others' places: the Billing tab, the running bill, the bill in the list, what to pay."""

from collections.abc import Mapping, Sequence

from django.db.models import Model, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.billing import permissions
from mainspring.billing.bill import TicketBill
from mainspring.billing.models import BilledCharge, Invoice, Payment, Standing
from mainspring.billing.paying import pay_link
from mainspring.core.money import ZERO, show_money
from mainspring.events.models import reference
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import Column, Panel, Tab, list_columns, public_panels, ticket_panels, ticket_tabs
from mainspring.ui.slots import Entry, Viewer, navigation
from mainspring.work.slots import locks


@navigation.add(order=40)
def invoices(person: Viewer) -> Entry | None:
    if not person.may(permissions.VIEW):
        return None
    return Entry("i", gettext_lazy("Invoices"), reverse("invoices"), "file-invoice")


@ticket_panels.add(order=10)
def running_bill(ticket: Ticket, person: Person) -> Panel | None:
    """What the final invoice would be now, each line leading to what made it."""
    if not person.may(permissions.VIEW):
        return None
    return Panel("bill", "billing/running_bill.html", {"tally": TicketBill(ticket)})


@ticket_tabs.add(order=70)
def billing(ticket: Ticket, person: Person) -> Tab | None:
    if not person.may(permissions.VIEW):
        return None
    papers = list(Invoice.objects.of_ticket(ticket))
    return Tab(
        "billing",
        _("Billing"),
        "billing/tab.html",
        {
            "papers": papers,
            "payments": list(Payment.objects.filter(invoice__ticket=ticket).select_related("invoice").order_by("id")),
            "methods": [one for one in Payment.Method.choices if one[0] not in ("link", "credit")],
            "owed": sum((paper.standing.balance for paper in papers), ZERO),
        },
        count=len(papers) or None,
    )


@list_columns.add(order=50)
def bill_column(ids: list[int], person: Person) -> Column | None:
    """What is still owed on each ticket's invoices."""
    if not person.may(permissions.VIEW):
        return None
    owed = (
        Standing.objects.filter(invoice__ticket__in=ids, balance__gt=0)
        .values_list("invoice__ticket", "invoice__currency")
        .annotate(sum=Sum("balance"))
    )
    language = person.language
    return Column("bill", _("Owed"), {pk: show_money(sum_, currency, language) for pk, currency, sum_ in owed})


@locks.add(order=10)
def billed(charges: Sequence[Model]) -> Mapping[str, str]:
    """A charge that stands on an invoice is changed no more."""
    standing = BilledCharge.objects.filter(key__in=[reference(charge) for charge in charges]).select_related("invoice")
    return {one.key: _("It is on %(invoice)s.") % {"invoice": one.invoice.code} for one in standing}


@public_panels.add(order=10)
def to_pay(ticket: Ticket) -> Panel | None:
    papers = [paper for paper in Invoice.objects.of_ticket(ticket) if not paper.is_credit_note]
    if not papers:
        return None
    return Panel("pay", "billing/public_papers.html", {"papers": [(paper, pay_link(paper)) for paper in papers]})

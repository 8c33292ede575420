"""What billing shows in others' places: the Billing tab, the running bill, the bill in the list, what to pay."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.billing import permissions
from mainspring.billing.arithmetic import BillLine
from mainspring.billing.bill import TicketBill
from mainspring.billing.finding import INVOICE
from mainspring.billing.models import BilledCharge, Discount, Invoice, Payment, Standing
from mainspring.billing.paying import offered, pay_link
from mainspring.billing.why import remarks, times, why
from mainspring.core import search
from mainspring.core.money import ZERO, SumOfMoney, show_money
from mainspring.core.prepared import prepared
from mainspring.crm.models import Business, Contact
from mainspring.crm.slots import business_panels, contact_panels
from mainspring.events.models import reference
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import (
    Chapter,
    Column,
    Panel,
    Tab,
    chapters,
    list_columns,
    portal_panels,
    public_panels,
    ticket_panels,
    ticket_tabs,
)
from mainspring.tickets.visits import Visit
from mainspring.ui.slots import (
    Entry,
    FirstStep,
    Found,
    Piece,
    SettingsGroup,
    SettingsPage,
    Viewer,
    finders,
    first_steps,
    navigation,
    portal_navigation,
    settings_pages,
)
from mainspring.work.slots import locks

PAPERS_SHOWN = 10


@navigation.add(order=40, permission=permissions.VIEW)
def invoices(person: Viewer) -> Entry:
    return Entry("i", gettext_lazy("Invoices"), reverse("invoices"), "file-invoice")


@settings_pages.add(order=30, permission=permissions.SETTINGS)
def payments(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        gettext_lazy("Payments and invoices"),
        reverse("payment_settings"),
        "credit-card",
        gettext_lazy("How customers pay by link, and how an invoice looks."),
        gettext_lazy("stripe card gateway webhook secret key refund invoice preview"),
        SettingsGroup.WORK,
    )


@first_steps.add(order=60, permission=permissions.SETTINGS)
def get_paid(viewer: Viewer) -> FirstStep:
    return FirstStep(
        gettext_lazy("Get paid by link"),
        gettext_lazy("Customers pay an invoice by card where they read it."),
        reverse("payment_settings"),
        bool(offered()),
    )


@ticket_panels.add(order=10)
def running_bill(ticket: Ticket, person: Person) -> Panel | None:
    """What the final invoice would be now, each line leading to what made it."""
    if not person.may(permissions.VIEW):
        return None
    tally, language = TicketBill(ticket), person.language

    def show(amount: Decimal) -> str:
        return show_money(amount, tally.shop.currency, language)

    def why_line(line: BillLine) -> list[str]:
        return [*times(line, show=show, language=language), *why(line, show=show)]

    told = {"tally": tally, "why": why_line, "remarks": remarks(tally, show=show)}
    return Panel("bill", "billing/running_bill.html", told)


@contact_panels.add(order=20)
def money_of_contact(contact: Contact, person: Person) -> Piece | None:
    return _money(person, contact__in=contact.he_and_merged())


@business_panels.add(order=20)
def money_of_business(business: Business, person: Person) -> Piece | None:
    return _money(person, business=business)


def _money(person: Person, **of: Any) -> Piece | None:
    """The customer's latest invoices and what is owed on all of them."""
    if not person.may(permissions.VIEW):
        return None
    owed = Standing.objects.filter(**{f"invoice__{name}": one for name, one in of.items()}, balance__gt=0)
    sums = owed.values_list("invoice__currency").annotate(sum=SumOfMoney("balance"))
    papers = Invoice.objects.filter(**of).select_related("standing").order_by("-id")[:PAPERS_SHOWN]
    told = {
        "papers": list(papers),
        "owed": [show_money(total, currency, person.language) for currency, total in sums],
    }
    return Piece("billing/of_customer.html", told)


@chapters.add(order=30)
def money(ticket: Ticket, person: Person) -> Chapter:
    told = ("invoice.", "payment.", "refund.", "credit.", "discount.")
    return Chapter("money", gettext_lazy("Money"), told)


@ticket_tabs.add(order=70)
def billing(ticket: Ticket, person: Person) -> Tab | None:
    if not person.may(permissions.VIEW):
        return None
    return Tab("billing", _("Billing"), "billing/tab.html", {"tab": BillingTab(ticket)})


class BillingTab:
    """The papers and payments of a ticket. Asked only when the tab is drawn."""

    new_key = staticmethod(uuid4)
    methods = tuple(one for one in Payment.Method.choices if one[0] not in ("link", "credit"))

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket

    @cached_property
    def papers(self) -> list[Invoice]:
        return list(Invoice.objects.of_ticket(self.ticket))

    @cached_property
    def payments(self) -> list[Payment]:
        return list(Payment.objects.filter(invoice__ticket=self.ticket).select_related("invoice").order_by("id"))

    @cached_property
    def discount(self) -> Discount:
        """What is taken off the next invoice so far."""
        return TicketBill(self.ticket).discount

    @property
    def owed(self) -> Decimal:
        return sum((paper.standing.balance for paper in self.papers), ZERO)


@list_columns.add(order=50)
def bill_column(ids: list[int], person: Person) -> Column | None:
    """What is still owed on each ticket's invoices."""
    if not person.may(permissions.VIEW):
        return None
    language = person.language
    return Column("bill", _("Owed"), {pk: show_money(sum_, currency, language) for pk, currency, sum_ in _owed(*ids)})


@prepared
def _owed(*tickets: int) -> "QuerySet[Standing, tuple[int, str, Decimal]]":
    unpaid = Standing.objects.filter(invoice__ticket__in=tickets, balance__gt=0)
    return unpaid.values_list("invoice__ticket", "invoice__currency").annotate(sum=SumOfMoney("balance"))


@locks.add(order=10)
def billed(charges: Sequence[Model]) -> Mapping[str, str]:
    """A charge that stands on an invoice is changed no more."""
    standing = BilledCharge.objects.filter(key__in=[reference(charge) for charge in charges]).select_related("invoice")
    return {one.key: _("It is on %(invoice)s.") % {"invoice": one.invoice.code} for one in standing}


@public_panels.add(order=10)
def to_pay(visit: Visit) -> Panel | None:
    papers = [paper for paper in Invoice.objects.of_ticket(visit.ticket) if not paper.is_credit_note]
    if not papers:
        return None
    return Panel("pay", "billing/public_papers.html", {"papers": [(paper, pay_link(paper)) for paper in papers]})


@portal_navigation.add(order=20)
def invoices_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Invoices"), reverse("portal_invoices"), "receipt")


@portal_panels.add(order=10)
def owed_in_portal(person: Person) -> Panel | None:
    """What is to be paid, with the way to do it."""
    unpaid = Invoice.objects.visible_to(person).unpaid()
    sums = list(unpaid.values_list("currency").annotate(sum=SumOfMoney("standing__balance")).order_by("currency"))
    return Panel("owed", "billing/portal_owed.html", {"sums": sums}) if sums else None


@finders.add(order=40)
def find_invoices(person: Viewer, words: str) -> list[Found]:
    if not person.may(permissions.VIEW):
        return []
    hits = search.suggest(words, kinds=[INVOICE], limit=4)
    found = Invoice.objects.in_bulk([hit.id for hit in hits])
    return [
        Found(f"invoice-{one.pk}", one.code, reverse("invoice", args=[one.code]), "file-invoice", one.customer_name)
        for hit in hits
        if (one := found.get(hit.id))
    ]

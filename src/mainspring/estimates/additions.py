"""What estimates put into others' places: a tab, a list, a tile, their charges, what the customer has to answer."""

from dataclasses import replace

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.billing.arithmetic import Charge
from mainspring.billing.models import is_billed
from mainspring.billing.slots import further_charges
from mainspring.core.models import Shop, TaxRate
from mainspring.core.prepared import prepared
from mainspring.estimates import permissions
from mainspring.estimates.links import estimate_link
from mainspring.estimates.listing import Row
from mainspring.estimates.models import Answer, ApprovedCharge, Choice, Draft, Estimate
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import Chapter, Panel, Tab, chapters, portal_panels, public_panels, ticket_tabs
from mainspring.tickets.visits import Visit
from mainspring.ui.slots import (
    Entry,
    Piece,
    SettingsGroup,
    SettingsPage,
    Viewer,
    dashboard_tiles,
    navigation,
    portal_navigation,
    settings_pages,
)
from mainspring.work.slots import AgreedPart, agreed_parts

WAITING_SHOWN = 5


@navigation.add(order=38, permission=permissions.VIEW)
def estimates_in_rail(viewer: Viewer) -> Entry:
    return Entry("o", gettext_lazy("Estimates"), reverse("estimates"), "file-text")


@dashboard_tiles.add(order=60, permission=permissions.VIEW)
def waiting_for_customers(viewer: Viewer) -> Piece:
    """How many wait for their customers; the list behind it counts the same."""
    return Piece("estimates/tile.html", {"waiting": Estimate.objects.waiting().count()})


@settings_pages.add(order=32, permission=permissions.SETTINGS)
def terms(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        gettext_lazy("Estimates"),
        reverse("estimate_settings"),
        "file-text",
        gettext_lazy("How long an estimate holds, what is paid in advance, when the customer is reminded."),
        gettext_lazy("quote offer validity deposit terms warranty reminder signature"),
        SettingsGroup.WORK,
    )


@further_charges.add(order=10)
def approved(ticket: Ticket) -> list[Charge]:
    """What was approved and is not on the ticket as labour or a taken part."""
    return [replace(row.line.charge, key=row.key) for row in _approved_and_free(ticket.pk)]


@agreed_parts.add(order=10)
def approved_parts(ticket: Ticket) -> list[AgreedPart]:
    """The approved parts that are still on their shelves."""
    rows = _free(ticket.pk).select_related("line__product", "line__estimate")
    return [AgreedPart(row.line.product, row.line.quantity, row.line.estimate.code) for row in rows if row.line.product]


@prepared
def _approved_and_free(ticket: int) -> QuerySet[ApprovedCharge]:
    return _free(ticket)


def _free(ticket: int) -> QuerySet[ApprovedCharge]:
    rows = ApprovedCharge.objects.filter(~is_billed("approvedcharge"), ticket=ticket).select_related("line", "part")
    return rows.filter(Q(part=None) | ~Q(part__removed_at=None)).order_by("id")


@ticket_tabs.add(order=65)
def estimates(ticket: Ticket, person: Person) -> Tab | None:
    if not person.may(permissions.VIEW):
        return None
    return Tab("estimates", _("Estimates"), "estimates/tab.html", {"tab": EstimatesTab(ticket, person)})


class EstimatesTab:
    """The draft and the sent estimates of a ticket. Asked only when the tab is drawn."""

    choices = Choice.choices

    def __init__(self, ticket: Ticket, person: Person) -> None:
        self.ticket = ticket
        self.may_write = person.may(permissions.WRITE) and ticket.is_open
        self.may_send = person.may(permissions.SEND)

    @property
    def currency(self) -> str:
        return Shop.get().currency

    @property
    def draft(self) -> Draft:
        return Draft.of(self.ticket)

    @property
    def taxes(self) -> list[tuple[int, str]]:
        return [(tax.pk, str(tax)) for tax in TaxRate.objects.order_by("-is_default", "id")]

    @property
    def sent(self) -> list[tuple[Row, str]]:
        """What was sent, the latest first, each with the customer's page of it."""
        found = Estimate.objects.filter(ticket=self.ticket).with_answers().order_by("-id")
        return [(Row.of(one), estimate_link(one)) for one in found]


@chapters.add(order=35)
def chapter(ticket: Ticket, person: Person) -> Chapter:
    return Chapter("estimates", gettext_lazy("Estimates"), ("estimate.",))


@public_panels.add(order=5)
def to_answer(visit: Visit) -> Panel | None:
    """The estimate that waits for the customer, or the one that he approved."""
    over = (Answer.Kind.WITHDRAWN, Answer.Kind.DECLINED, Answer.Kind.EXPIRED)
    latest = Estimate.objects.filter(ticket=visit.ticket).exclude(answer__kind__in=over)
    found = latest.select_related("answer").order_by("-id").first()
    if found is None or found.state == "expired":
        return None
    told = {"estimate": found, "link": estimate_link(found), "is_approved": found.state == "approved"}
    return Panel("estimate", "estimates/public_panel.html", told)


@portal_navigation.add(order=15)
def estimates_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Estimates"), reverse("portal_estimates"), "file-text")


@portal_panels.add(order=5)
def waiting_in_portal(person: Person) -> Panel | None:
    """What waits for his answer."""
    found = Estimate.objects.visible_to(person).waiting().select_related("ticket").order_by("-pk")
    waiting = [(one, estimate_link(one)) for one in found[:WAITING_SHOWN]]
    return Panel("estimates", "estimates/portal_waiting.html", {"waiting": waiting}) if waiting else None

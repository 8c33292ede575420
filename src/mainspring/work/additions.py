"""What work puts into others' places: two tabs, a part of the intake, the running timer, links of the stock."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core.models import Shop
from mainspring.inventory.models import Movement
from mainspring.inventory.slots import reference_links
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import IntakePart, Tab, intake_parts, ticket_tabs
from mainspring.ui.slots import Piece, SettingsPage, Viewer, settings_pages, topbar
from mainspring.work import permissions
from mainspring.work.models import DiagnosticRule, Service, Timer, add_service
from mainspring.work.reading import PartsTab, ServicesTab


@ticket_tabs.add(order=30)
def services(ticket: Ticket, person: Person) -> Tab | None:
    if not person.may(permissions.VIEW):
        return None
    return Tab("services", _("Services"), "work/services_tab.html", {"tab": ServicesTab(ticket, person)})


@ticket_tabs.add(order=40)
def parts(ticket: Ticket, person: Person) -> Tab | None:
    if not person.may(permissions.VIEW):
        return None
    return Tab("parts", _("Parts"), "work/parts_tab.html", {"tab": PartsTab(ticket, person)})


@intake_parts.add(order=30)
def diagnostic(person: Person) -> IntakePart:
    """The diagnostic fee: by the rule unless somebody picks another, or none."""
    return IntakePart(
        "diagnostic",
        "work/intake.html",
        put_diagnostic,
        {
            "by_rule": DiagnosticRule.service_for(None),
            "diagnostics": Service.objects.diagnostics(),
            "currency": Shop.get().currency,
            "may_choose": person.may(permissions.ADD),
        },
    )


def put_diagnostic(ticket: Ticket, posted: QueryDict, by: Person) -> None:
    """`diagnostic` is "rule", a service's id, or "" for none. Who may not add services gets what the rule says."""
    wanted = posted.get("diagnostic", "rule") if by.may(permissions.ADD) else "rule"
    if wanted == "rule":
        service = DiagnosticRule.service_for(ticket.device)
    elif wanted.isdigit() and len(wanted) < 18:
        service = Service.objects.diagnostics().select_related("tax").filter(pk=wanted).first()
    else:
        service = None
    if service is not None:
        add_service(ticket, service, by=by)
    elif wanted not in ("", "rule"):
        raise ValidationError(_("That diagnostic is no longer in the catalogue."))


@topbar.add(order=10)
def running_timer(viewer: Viewer) -> Piece | None:
    """The running timer, on every page of whoever it runs for."""
    timer = Timer.of(viewer) if isinstance(viewer, Person) else None
    return Piece("work/_running.html", {"timer": timer}) if timer else None


@settings_pages.add(order=30)
def catalogue(viewer: Viewer) -> SettingsPage | None:
    if not viewer.may(permissions.CATALOGUE):
        return None
    return SettingsPage(
        gettext_lazy("Services"),
        reverse("services"),
        "list-details",
        gettext_lazy("What you do for money, and which diagnostic a new ticket gets."),
        gettext_lazy("services prices hourly flat diagnostic fee rules rounding"),
    )


@reference_links.add(order=10)
def ticket_links(movements: Sequence[Model]) -> Mapping[str, str]:
    """Where the tickets are that parts were taken for; their number is the movement's label."""
    return {
        line.reference: reverse("ticket", args=[line.label.removeprefix("#")]) + "?tab=parts"
        for line in movements
        if isinstance(line, Movement) and line.reference.startswith("ticket:") and line.label[1:].isdigit()
    }

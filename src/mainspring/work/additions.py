"""What work puts into others' places: two tabs, a part of the intake, the running timer, links of the stock."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core.asked import row_key
from mainspring.core.models import Shop
from mainspring.core.money import show_money
from mainspring.crm.models import DeviceKind
from mainspring.crm.slots import KindColumn, kind_columns
from mainspring.inventory.models import Movement
from mainspring.inventory.slots import reference_links
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import (
    Chapter,
    IntakePart,
    Panel,
    Tab,
    chapters,
    intake_parts,
    ticket_actions,
    ticket_tabs,
)
from mainspring.ui.slots import (
    FirstStep,
    Piece,
    SettingsGroup,
    SettingsPage,
    Viewer,
    first_steps,
    settings_pages,
    topbar,
)
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


@ticket_actions.add(order=10)
def timer(ticket: Ticket, person: Person) -> Panel | None:
    """The timer by one key. What it says is asked for when it is opened."""
    return Panel("timer", "work/_timer_action.html") if person.may(permissions.ADD) and ticket.is_open else None


@chapters.add(order=20)
def work(ticket: Ticket, person: Person) -> Chapter:
    return Chapter("work", _("Work and parts"), ("service.", "timer.", "part."))


@intake_parts.add(order=30)
def diagnostic(person: Person) -> IntakePart:
    """The diagnostic fee: by the rule unless somebody picks another, or none. Asked for when the form is drawn."""
    return IntakePart(
        "diagnostic",
        "work/intake.html",
        put_diagnostic,
        {
            "by_rule": SimpleLazyObject(lambda: DiagnosticRule.service_for(None)),
            "diagnostics": Service.objects.diagnostics(),
            "currency": SimpleLazyObject(lambda: Shop.get().currency),
            "may_choose": person.may(permissions.ADD),
        },
        say_diagnostic,
    )


def put_diagnostic(ticket: Ticket, posted: QueryDict, by: Person) -> None:
    """`diagnostic` is "rule", a service's id, or "" for none. Who may not add services gets what the rule says."""
    wanted = posted.get("diagnostic", "rule") if by.may(permissions.ADD) else "rule"
    service = _diagnostic(wanted, ticket.device.kind if ticket.device else None)
    if service is not None:
        add_service(ticket, service, by=by)
    elif wanted not in ("", "rule"):
        raise ValidationError(_("That diagnostic is no longer in the catalogue."))


def say_diagnostic(posted: QueryDict, by: Person) -> list[str]:
    """The fee that saving invoices, and what follows from it."""
    wanted = posted.get("diagnostic", "rule") if by.may(permissions.ADD) else "rule"
    service = _diagnostic(wanted, DeviceKind.asked_for(posted))
    if service is None:
        return [_("No diagnostic fee: nothing is invoiced now.")]
    shop = Shop.get()
    told = {"name": service, "price": show_money(service.price, shop.currency, by.language), "tax": service.tax}
    if shop.prices_include_tax or not service.tax.percent:
        return [_("%(name)s: %(price)s is invoiced now, with a payment link.") % told]
    else:
        return [_("%(name)s: %(price)s plus %(tax)s is invoiced now, with a payment link.") % told]


def _diagnostic(wanted: str, kind: DeviceKind | None) -> Service | None:
    if wanted == "rule":
        return DiagnosticRule.service_for_kind(kind)
    else:
        return Service.objects.diagnostics().select_related("tax").filter(pk=row_key(wanted)).first()


@topbar.add(order=10)
def running_timer(viewer: Viewer) -> Piece | None:
    """The running timer, else the one paused last, on every page of whose it is."""
    timer = Timer.at_hand(viewer) if isinstance(viewer, Person) else None
    return Piece("work/_running.html", {"timer": timer}) if timer else None


@first_steps.add(order=20, permission=permissions.CATALOGUE)
def say_what_we_do(viewer: Viewer) -> FirstStep:
    return FirstStep(
        gettext_lazy("Say what you do, and what it costs"),
        gettext_lazy("Services by the hour or at a flat price; the diagnostic fee is one of them."),
        reverse("services"),
        Service.objects.exists(),
    )


@settings_pages.add(order=30, permission=permissions.CATALOGUE)
def catalogue(viewer: Viewer) -> SettingsPage:
    return SettingsPage(
        gettext_lazy("Services"),
        reverse("services"),
        "list-details",
        gettext_lazy("What you do for money, and which diagnostic a new ticket gets."),
        gettext_lazy("services prices hourly flat diagnostic fee rules rounding"),
        SettingsGroup.WORK,
    )


@kind_columns.add(order=10)
def diagnostics_of_kinds(kinds: Sequence[DeviceKind], person: Person) -> KindColumn:
    """Which diagnostic a device of each kind gets by rule."""
    rules = {rule.device_kind_id: str(rule.service) for rule in DiagnosticRule.objects.select_related("service")}
    found = {kind.pk: rules.get(kind.pk, rules.get(None, "")) for kind in kinds}
    return KindColumn(
        gettext_lazy("Diagnostic by rule"), {pk: name for pk, name in found.items() if name}, reverse("services")
    )


@reference_links.add(order=10)
def ticket_links(movements: Sequence[Model]) -> Mapping[str, str]:
    """Where the tickets are that parts were taken for; their number is the movement's label."""
    return {
        line.reference: reverse("ticket", args=[line.label.removeprefix("#")]) + "?tab=parts"
        for line in movements
        if isinstance(line, Movement) and line.reference.startswith("ticket:") and line.label[1:].isdigit()
    }

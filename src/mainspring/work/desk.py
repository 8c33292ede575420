"""The staff's doors into work: services, timers and parts on a ticket."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.asked import clean
from mainspring.core.models import Shop
from mainspring.crm.models import DeviceKind
from mainspring.inventory.models import NotEnoughStock
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import fragment, is_fragment, page, refuse, see_other, toast
from mainspring.work import permissions
from mainspring.work.forms import AddServiceForm, LabourForm, PartForm, StopForm, UsePartForm
from mainspring.work.models import (
    Charge,
    DiagnosticRule,
    Labour,
    Locked,
    Service,
    Timer,
    UsedPart,
    add_service,
    start_timer,
    use_part,
)
from mainspring.work.reading import may_change, say_time

P = ParamSpec("P")
TicketView = Callable[Concatenate[StaffRequest, Ticket, P], HttpResponse]
NumberView = Callable[Concatenate[StaffRequest, int, P], HttpResponse]


def on_ticket(view: TicketView[P]) -> NumberView[P]:
    """Finds the ticket by its number, and says in plain words why something can't be done on it."""

    @wraps(view)
    def found(request: StaffRequest, number: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        ticket = get_object_or_404(Ticket.objects.visible_to(request.user).with_people(), number=number)
        try:
            return view(request, ticket, *args, **kwargs)
        except (Locked, NotEnoughStock) as error:
            return refuse(request, str(error), status=409)

    return found


def back_to(ticket: Ticket, tab: str) -> str:
    return reverse("ticket", args=[ticket.number]) + f"?tab={tab}"


def changeable(charge: Any, request: StaffRequest) -> Any:
    """The charge, if this person may change it; 403 otherwise."""
    if not may_change(charge, request.user):
        raise PermissionDenied(permissions.EDIT_OTHERS.name)
    return charge


def labour_of(ticket: Ticket, pk: int, request: StaffRequest) -> Labour:
    return changeable(get_object_or_404(Labour.objects.select_related("service"), ticket=ticket, pk=pk), request)


def part_of(ticket: Ticket, pk: int, request: StaffRequest) -> UsedPart:
    return changeable(get_object_or_404(UsedPart.objects.select_related("product"), ticket=ticket, pk=pk), request)


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def add(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    form = AddServiceForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    labour = add_service(ticket, form.cleaned_data["service"], by=request.user, minutes=form.worked, **form.span)
    undo = reverse("remove_service", args=[ticket.number, labour.pk])
    toast(request, _("Added: %(name)s.") % {"name": labour}, undo_url=undo)
    return see_other(request, back_to(ticket, "services"))


@staff(permissions.ADD, methods=("GET", "POST"))
@on_ticket
def change(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    labour = labour_of(ticket, pk, request)
    form = LabourForm(request.POST or None, labour=labour)
    if request.method == "POST" and form.is_valid():
        labour.change(by=request.user, **form.changes)
        toast(request, _("Saved."))
        return see_other(request, back_to(ticket, "services"))
    return _charge_form(request, ticket, labour, form)


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def remove(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    labour = labour_of(ticket, pk, request)
    labour.remove(by=request.user)
    undo = reverse("restore_service", args=[ticket.number, labour.pk])
    toast(request, _("Removed: %(name)s.") % {"name": labour}, undo_url=undo)
    return see_other(request, back_to(ticket, "services"))


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def restore(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    labour_of(ticket, pk, request).restore(by=request.user)
    return see_other(request, back_to(ticket, "services"))


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def start(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    form = AddServiceForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    running = Timer.of(request.user)
    if running and request.POST.get("other") == "pause":
        running.pause(by=request.user)
    timer = start_timer(ticket, form.cleaned_data["service"], by=request.user)
    toast(request, _("The timer runs: %(name)s.") % {"name": timer.service})
    return see_other(request, back_to(ticket, "services"))


@staff(permissions.ADD)
@on_ticket
def timer_here(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    """What `t` opens: his timer on this ticket with what it comes to, else what to start one for."""
    mine = Timer.objects.with_work().filter(person=request.user, ticket=ticket).order_by("-resumed_at").first()
    if mine:
        return _sheet(request, mine)
    show, template = (fragment, "work/_start.html") if is_fragment(request) else (page, "work/start.html")
    running, services = Timer.of(request.user), Service.objects.latest_of(request.user)
    return show(request, template, ticket=ticket, running=running, services=services)


@staff(permissions.ADD)
def timer(request: StaffRequest, pk: int) -> HttpResponse:
    """A timer, and what stopping it now will put on the bill."""
    return _sheet(request, _timer(request, pk))


@staff(permissions.ADD, methods=("POST",))
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    timer = _timer(request, pk)
    timer.pause(by=request.user)
    toast(request, _("Paused: %(name)s.") % {"name": timer.service})
    return see_other(request, back_to(timer.ticket, "services"))


@staff(permissions.ADD, methods=("POST",))
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    timer = _timer(request, pk)
    try:
        start_timer(timer.ticket, timer.service, by=timer.person)
    except Locked as error:
        return refuse(request, str(error), status=409)
    return see_other(request, back_to(timer.ticket, "services"))


@staff(permissions.VIEW)
def time_says(request: StaffRequest) -> HttpResponse:
    """What the time in a form comes to, before it is saved."""
    form = AddServiceForm(request.GET)
    says = form.first_error() if request.GET.get("service") else ""
    if form.is_valid():
        says = say_time(form.cleaned_data["service"], form.worked, Shop.get().currency, request.user.language)
    return fragment(request, "work/_time_says.html", says=says)


@staff(permissions.ADD, methods=("POST",))
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    timer = _timer(request, pk)
    form = StopForm(request.POST, timer=timer)
    if not form.is_valid() and is_fragment(request):
        return refuse(request, form.first_error(), status=422)
    elif not form.is_valid():
        return _sheet(request, timer, error=form.first_error())
    if timer.stop(by=request.user, minutes=form.said) is None:
        toast(request, _("That timer was stopped already."))
    else:
        toast(request, _("Stopped: %(name)s.") % {"name": timer.service})
    return see_other(request, back_to(timer.ticket, "services"))


@staff(permissions.ADD, methods=("POST",))
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    timer = _timer(request, pk)
    timer.discard(by=request.user)
    toast(request, _("Discarded. The time counts for nothing."))
    return see_other(request, back_to(timer.ticket, "services"))


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def use(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    form = UsePartForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    part = use_part(ticket, form.cleaned_data["product"], form.cleaned_data["quantity"], by=request.user)
    undo = reverse("take_back_part", args=[ticket.number, part.pk])
    toast(request, _("Used: %(name)s.") % {"name": part}, undo_url=undo)
    return see_other(request, back_to(ticket, "parts"))


@staff(permissions.ADD, methods=("GET", "POST"))
@on_ticket
def change_part(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    part = part_of(ticket, pk, request)
    form = PartForm(request.POST or None, part=part)
    if request.method == "POST" and form.is_valid():
        part.amend(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, back_to(ticket, "parts"))
    return _charge_form(request, ticket, part, form)


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def take_back(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    part = part_of(ticket, pk, request)
    part.take_back(by=request.user)
    undo = reverse("use_part_again", args=[ticket.number, part.pk])
    toast(request, _("Back on the shelf: %(name)s.") % {"name": part}, undo_url=undo)
    return see_other(request, back_to(ticket, "parts"))


@staff(permissions.ADD, methods=("POST",))
@on_ticket
def use_again(request: StaffRequest, ticket: Ticket, pk: int) -> HttpResponse:
    part_of(ticket, pk, request).use_again(by=request.user)
    return see_other(request, back_to(ticket, "parts"))


@staff(permissions.VIEW)
def service_options(request: StaffRequest) -> HttpResponse:
    """The services that fit what is typed, for a combobox."""
    words = clean(request.GET.get("q"), 200)
    found = Service.objects.in_use().with_names().matching(words)[:20]
    return fragment(request, "work/_service_options.html", services=found, words=words, currency=Shop.get().currency)


@staff(permissions.VIEW)
def diagnostic_choice(request: StaffRequest) -> HttpResponse:
    """The intake form's diagnostics again, now that the device or its kind is known."""
    return fragment(
        request,
        "work/_diagnostics.html",
        chosen=request.GET.get("diagnostic", "rule"),
        by_rule=DiagnosticRule.service_for_kind(DeviceKind.asked_for(request.GET)),
        diagnostics=Service.objects.diagnostics(),
        currency=Shop.get().currency,
    )


def _timer(request: StaffRequest, pk: int) -> Timer:
    """His own timer; another's only with the permission; 404 when there is none of that number."""
    timer = get_object_or_404(Timer.objects.with_work(), pk=pk)
    if timer.person_id != request.user.pk and not request.user.may(permissions.EDIT_OTHERS):
        raise PermissionDenied(permissions.EDIT_OTHERS.name)
    return timer


def _sheet(request: StaffRequest, timer: Timer, *, error: str = "") -> HttpResponse:
    show, template = (fragment, "work/_timer.html") if is_fragment(request) else (page, "work/timer.html")
    says = say_time(timer.service, timer.minutes, Shop.get().currency, request.user.language)
    return show(request, template, timer=timer, says=says, error=error, status=422 if error else 200)


def _charge_form(request: StaffRequest, ticket: Ticket, charge: Charge, form: Any) -> HttpResponse:
    show, template = (fragment, "work/_charge_row.html") if is_fragment(request) else (page, "work/charge_form.html")
    tab = "services" if isinstance(charge, Labour) else "parts"
    status = 422 if request.method == "POST" else 200
    return show(
        request, template, form=form, charge=charge, ticket=ticket, back=back_to(ticket, tab), tab=tab, status=status
    )

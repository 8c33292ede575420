"""The staff's doors into the list: its counts, saved views, changes to many tickets, and the list as a file."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.accounts.models import Person
from mainspring.core.asked import row_key, whole
from mainspring.tickets import permissions
from mainspring.tickets.counting import MOST, STANDING, counts_of, standing_counts
from mainspring.tickets.listing import SHOWN, TicketList
from mainspring.tickets.models import BulkChange, Priority, SavedView, Status, views_of
from mainspring.tickets.narrowing import TYPED
from mainspring.tickets.slots import list_columns
from mainspring.ui.forms import ModelForm
from mainspring.ui.pages import complain, form_page, fragment, is_fragment, page, refuse, see_other, toast
from mainspring.ui.spreadsheets import Spreadsheet, take

AT_ONCE = 50
"""So many tickets a request changes; a page with script sends more in pieces."""


class ViewForm(ModelForm):
    """A saved view's name, and whether others see it."""

    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]
        labels = {"name": gettext_lazy("Name"), "is_shared": gettext_lazy("Everybody sees it")}

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.may(permissions.SHARE_VIEWS):
            del self.fields["is_shared"]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if SavedView.objects.filter(person=self.instance.person_id, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another view has this name."))
        return name


@staff(permissions.VIEW)
def tickets(request: StaffRequest) -> HttpResponse:
    """The list; for htmx its rows alone. A filter that was clicked becomes part of the line, and of the address."""
    saved = views_of(request.user.pk)
    wanted = TicketList.read(request.GET, request.user, next((view for view in saved if view.is_first), None))
    if {"toggle", *TYPED} & request.GET.keys() and not is_fragment(request):
        return see_other(request, reverse("tickets") + wanted.address())
    show, template = (fragment, "tickets/rows.html") if is_fragment(request) else (page, "tickets/list.html")
    return show(
        request,
        template,
        wanted=wanted,
        found=wanted.rows(),
        saved=saved,
        standing=STANDING,
        statuses={status.pk: status for status in Status.in_order()},
        change=_reported(request),
        all_columns=SHOWN,
        priorities=Priority,
        colleagues=Person.objects.colleagues(),
        may_edit=request.user.may(permissions.EDIT),
        may_close=request.user.may(permissions.CLOSE),
        may_share=request.user.may(permissions.SHARE_VIEWS),
    )


def _reported(request: StaffRequest) -> BulkChange | None:
    """The change to many tickets of which some were left, when the address names one of his own."""
    asked = whole(request.GET.get("change"))
    return BulkChange.objects.filter(person=request.user, pk=asked).first() if asked else None


@staff(permissions.VIEW)
def ticket_counts(request: StaffRequest) -> HttpResponse:
    """How many the list and each view show: asked for by the page once it stands, so that it waits for no counting."""
    saved = views_of(request.user.pk)
    lists = [TicketList.read(request.GET, request.user)]
    lists += [TicketList(request.user, view.line, view.sort, "") for view in saved]
    total, *counts = counts_of([one.tickets() for one in lists])
    return fragment(
        request,
        "tickets/counts.html",
        total=total,
        most=MOST,
        saved=list(zip(saved, counts, strict=True)),
        standing=standing_counts(request.user),
    )


@staff(permissions.VIEW)
def tickets_csv(request: StaffRequest) -> Spreadsheet:
    """The list whole, in its order and with its columns, for a spreadsheet."""
    wanted = TicketList.read(request.GET, request.user)
    columns = [column.label for column in list_columns.fill([], request.user)]
    shown = [label for key, label in SHOWN.items() if key in wanted.columns]
    return take(request, "tickets", [*shown, *columns], wanted.cells())


@staff(permissions.EDIT)
def ticket_numbers(request: StaffRequest) -> HttpResponse:
    """The numbers of all that fit, as far as many are changed at once."""
    wanted = TicketList.read(request.GET, request.user)
    return JsonResponse({"numbers": list(wanted.tickets().order_by("-id").values_list("number", flat=True)[:MOST])})


@staff(permissions.EDIT, methods=("POST",))
def change_many(request: StaffRequest) -> HttpResponse:
    """One act on the chosen tickets (`number`, many). `act` is like `assign:3`; `more` says that a piece follows.

    A piece is answered with the change's key, by which the next one goes on; the last, or only one, with the list.
    """
    numbers = [row_key(number) for number in request.POST.getlist("number")][:AT_ONCE]
    act, _colon, value = request.POST.get("act", "").partition(":")
    value = request.POST.get("due_at", "") if act == "due" else value
    change = BulkChange.objects.filter(person=request.user, pk=row_key(request.POST.get("change"))).first()
    change = change or BulkChange(person=request.user, act=act[:10], value=value[:60])
    try:
        change.go_on(numbers)
    except ValidationError as error:
        return refuse(request, error.messages[0], status=422)
    if request.POST.get("more"):
        return JsonResponse({"change": change.pk})
    undo = reverse("undo_change_many", args=[change.pk]) if change.can_be_undone else None
    if change.done or change.so_before:
        toast(request, change.says(), undo_url=undo)
    else:
        complain(request, change.says())
    back = _back(request)
    if change.left:
        back += f"{'&' if '?' in back else '?'}{urlencode({'change': change.pk})}"
    wants_json = request.headers.get("Accept") == "application/json"
    return JsonResponse({"go": back}) if wants_json else see_other(request, back)


@staff(permissions.EDIT, methods=("POST",))
def undo_change_many(request: StaffRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange, person=request.user, pk=pk)
    if not change.can_be_undone:
        return refuse(request, _("That can't be taken back any more."), status=409)
    toast(request, _("Taken back on %(n)s tickets.") % {"n": change.undo()})
    return see_other(request, _back(request))


@staff(permissions.VIEW)
def ticket_views(request: StaffRequest) -> HttpResponse:
    """His saved views, and those that others share."""
    return page(
        request,
        "tickets/views.html",
        saved=list(SavedView.objects.of(request.user.pk).select_related("person")),
        may_share=request.user.may(permissions.SHARE_VIEWS),
    )


@staff(permissions.VIEW, methods=("POST",))
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep what the list shows now under a name."""
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:60]
    if not name:
        return refuse(request, _("Give the view a name."), status=422)
    is_shared = bool(request.POST.get("is_shared")) and request.user.may(permissions.SHARE_VIEWS)
    wanted = TicketList.read(request.POST, request.user)
    view = SavedView.keep(
        name, by=request.user, line=wanted.line, sort=wanted.sort, columns=wanted.columns_text, is_shared=is_shared
    )
    if request.POST.get("is_first"):
        view.open_first(True, by=request.user)
    toast(request, _("The view %(name)s is saved.") % {"name": view.name})
    return see_other(request, reverse("tickets") + wanted.address())


@staff(permissions.VIEW, methods=("GET", "POST"))
def edit_view(request: StaffRequest, pk: int) -> HttpResponse:
    view = _changeable(request, pk)
    form = ViewForm(request.POST or None, instance=view, by=request.user)

    def keep() -> None:
        SavedView.objects.get(pk=view.pk).amend(by=request.user, **form.cleaned_data)

    return form_page(request, "tickets/view_form.html", form, keep=keep, to=reverse("ticket_views"), view=view)


@staff(permissions.VIEW, methods=("POST",))
def move_view(request: StaffRequest, pk: int) -> HttpResponse:
    _changeable(request, pk).move(request.POST.get("to") != "down", by=request.user)
    return see_other(request, reverse("ticket_views"))


@staff(permissions.VIEW, methods=("POST",))
def remove_view(request: StaffRequest, pk: int) -> HttpResponse:
    view = _changeable(request, pk)
    view.remove(by=request.user)
    toast(request, _("The view %(name)s is gone. Its tickets are where they were.") % {"name": view.name})
    return see_other(request, reverse("ticket_views"))


@staff(permissions.VIEW, methods=("POST",))
def open_view_first(request: StaffRequest, pk: int) -> HttpResponse:
    """His list opens with this view; once more: with all open tickets again."""
    view = get_object_or_404(SavedView.objects.of(request.user.pk), pk=pk)
    view.open_first(not view.is_first, by=request.user)
    return see_other(request, reverse("ticket_views"))


def _changeable(request: StaffRequest, pk: int) -> SavedView:
    """A view of his own; another's that is shared only with the permission to share; 404 for what he does not see."""
    view = get_object_or_404(SavedView.objects.of(request.user.pk), pk=pk)
    if view.person_id != request.user.pk and not request.user.may(permissions.SHARE_VIEWS):
        raise PermissionDenied(permissions.SHARE_VIEWS.name)
    return view


def _back(request: StaffRequest) -> str:
    """The list as it was looked at."""
    came_from, here = urlsplit(request.headers.get("Referer", "")), reverse("tickets")
    asked = request.POST.get("back") or f"{came_from.path}?{came_from.query}"
    is_ours = asked.startswith(f"{here}?") and url_has_allowed_host_and_scheme(asked, None)
    return asked if is_ours else here

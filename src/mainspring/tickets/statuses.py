"""The staff's doors into the statuses: their names in each language, their order, further rows of a kind."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.tickets import permissions
from mainspring.tickets.models import Colour, Status
from mainspring.ui.forms import TranslatedForm
from mainspring.ui.pages import form_page, page, refuse, see_other, toast


class StatusForm(TranslatedForm):
    """A status as people read it, and the kind that the rules go by."""

    translated = {"name": (gettext_lazy("Name (%(language)s)"), 60, True)}

    class Meta:
        model = Status
        fields = ["kind", "colour", "order"]
        help_texts = {
            "kind": gettext_lazy("What the rules go by: they move a ticket to the first status of a kind."),
            "order": gettext_lazy("Its place in the lists; the lowest comes first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colour"] = forms.ChoiceField(
            label=gettext_lazy("Colour"),
            choices=[("", gettext_lazy("As its kind")), *Colour.choices],
            required=False,
            initial=self.instance.colour,
            widget=forms.RadioSelect,
        )
        self.order_fields([*(f"name_{code}" for code, _name in settings.LANGUAGES), "colour"])
        if self.instance.pk:
            self.fields["kind"].disabled = True


@staff(permissions.SETTINGS)
def statuses(request: StaffRequest) -> HttpResponse:
    return page(request, "tickets/statuses.html", statuses=list(Status.objects.all()))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def add_status(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def edit_status(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Status, pk=pk))


@staff(permissions.SETTINGS, methods=("POST",))
def remove_status(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a status away that no ticket has; the last of a kind stays, since the rules need one."""
    found = get_object_or_404(Status, pk=pk)
    why = found.why_needed()
    if why:
        return refuse(request, why, status=409)
    found.remove(by=request.user)
    toast(request, _("%(name)s is gone.") % {"name": found.name})
    return see_other(request, reverse("statuses"))


def _form(request: StaffRequest, found: Status | None) -> HttpResponse:
    form = StatusForm(request.POST or None, instance=found)

    def keep() -> None:
        if found is None:
            Status.add(by=request.user, **form.columns)
        else:
            Status.objects.get(pk=found.pk).amend(by=request.user, **form.columns)

    return form_page(request, "tickets/status_form.html", form, keep=keep, to=reverse("statuses"), found=found)

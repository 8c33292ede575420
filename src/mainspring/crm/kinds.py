"""The staff's doors into the kinds of devices."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.crm import permissions
from mainspring.crm.forms import DeviceKindForm
from mainspring.crm.models import DeviceKind
from mainspring.crm.slots import kind_columns
from mainspring.ui.pages import form_page, page, refuse, see_other, toast


@staff(permissions.SETTINGS)
def device_kinds(request: StaffRequest) -> HttpResponse:
    kinds = list(DeviceKind.objects.all())
    return page(request, "crm/kinds.html", kinds=kinds, columns=kind_columns.fill(kinds, request.user))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def add_device_kind(request: StaffRequest) -> HttpResponse:
    return _form(request, DeviceKindForm(request.POST or None))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def edit_device_kind(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, DeviceKindForm(request.POST or None, instance=get_object_or_404(DeviceKind, pk=pk)))


@staff(permissions.SETTINGS, methods=("POST",))
def remove_device_kind(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DeviceKind, pk=pk)
    if found.is_used:
        return refuse(request, _("Devices are of this kind. Give them another one first."), status=409)
    found.remove(by=request.user)
    toast(request, _("%(name)s is gone.") % {"name": found.name})
    return see_other(request, reverse("device_kinds"))


def _form(request: StaffRequest, form: DeviceKindForm) -> HttpResponse:
    found = form.instance if form.instance.pk else None
    name = found.name if found else ""
    keep = form.amend if found else form.add
    return form_page(
        request,
        "crm/kind_form.html",
        form,
        keep=lambda: keep(by=request.user),
        to=reverse("device_kinds"),
        found=found,
        name=name,
    )

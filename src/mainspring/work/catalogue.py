"""The staff's doors into the catalogue: services, their categories, the diagnostic rules."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.models import Shop
from mainspring.ui.pages import page, refuse, see_other, toast
from mainspring.work import permissions
from mainspring.work.forms import RuleForm, ServiceCategoryForm, ServiceForm
from mainspring.work.models import DiagnosticRule, Service, ServiceCategory


@staff(permissions.VIEW)
def services(request: StaffRequest) -> HttpResponse:
    """All services, those in use first, with the rules that put diagnostics on new tickets."""
    return page(
        request,
        "work/services.html",
        services=Service.objects.with_names().order_by("-is_active", "category__order", "category_id", "id"),
        rules=DiagnosticRule.objects.select_related("service", "device_kind").order_by("device_kind__order", "id"),
        rule_form=RuleForm(),
        currency=Shop.get().currency,
        may_edit=request.user.may(permissions.CATALOGUE),
    )


@staff(permissions.CATALOGUE, methods=("GET", "POST"))
def add(request: StaffRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        toast(request, _("%(name)s is added.") % {"name": form.add(by=request.user)})
        return see_other(request, reverse("services"))
    return page(request, "work/service_form.html", form=form, service=None, status=_status(request))


@staff(permissions.CATALOGUE, methods=("GET", "POST"))
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    form = ServiceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.amend(by=request.user)
        toast(request, _("Saved. What is on tickets keeps its price."))
        return see_other(request, reverse("services"))
    return page(request, "work/service_form.html", form=form, service=found, status=_status(request))


@staff(permissions.VIEW)
def categories(request: StaffRequest) -> HttpResponse:
    return page(
        request,
        "work/categories.html",
        categories=ServiceCategory.objects.all(),
        form=ServiceCategoryForm(),
        may_edit=request.user.may(permissions.CATALOGUE),
    )


@staff(permissions.CATALOGUE, methods=("POST",))
def add_category(request: StaffRequest) -> HttpResponse:
    form = ServiceCategoryForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    toast(request, _("%(name)s is added.") % {"name": form.add(by=request.user)})
    return see_other(request, reverse("service_categories"))


@staff(permissions.CATALOGUE, methods=("GET", "POST"))
def edit_category(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ServiceCategory, pk=pk)
    form = ServiceCategoryForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.amend(by=request.user)
        toast(request, _("Saved."))
        return see_other(request, reverse("service_categories"))
    return page(request, "work/category_form.html", form=form, category=found, status=_status(request))


@staff(permissions.CATALOGUE, methods=("POST",))
def set_rule(request: StaffRequest) -> HttpResponse:
    form = RuleForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    DiagnosticRule.set_for(form.cleaned_data["device_kind"], form.cleaned_data["service"], by=request.user)
    toast(request, _("New tickets follow the rule from now on."))
    return see_other(request, reverse("services"))


@staff(permissions.CATALOGUE, methods=("POST",))
def remove_rule(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(DiagnosticRule.objects.select_related("service", "device_kind"), pk=pk).remove(by=request.user)
    toast(request, _("The rule is gone."))
    return see_other(request, reverse("services"))


def _status(request: StaffRequest) -> int:
    """A form that comes back was wrong."""
    return 422 if request.method == "POST" else 200

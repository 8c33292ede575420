"""The staff's doors into the settings."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.models import Shop, TaxRate
from mainspring.files.models import StoredFile
from mainspring.files.serving import serve_thumbnail
from mainspring.setup import permissions
from mainspring.setup.forms import AutomationForm, ShopForm, TaxForm
from mainspring.setup.settings import change_automation, change_shop, keep_tax
from mainspring.tickets.models import Automation
from mainspring.ui.pages import form_page, page, see_other, toast
from mainspring.ui.slots import SettingsGroup, settings_pages


@staff(permissions.SETTINGS)
def index(request: StaffRequest) -> HttpResponse:
    """Every settings page this person may open, under its heading; `?q=` narrows them by their words."""
    words = request.GET.get("q", "").lower()
    found = [one for one in settings_pages.fill(request.user) if words in f"{one.label} {one.says} {one.words}".lower()]
    grouped = {group.label: [one for one in found if one.group == group] for group in SettingsGroup}
    return page(request, "setup/index.html", grouped=grouped if found else {}, words=words)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def shop(request: StaffRequest) -> HttpResponse:
    form = ShopForm(request.POST or None, request.FILES or None, instance=Shop.get())

    def keep() -> None:
        columns: dict[str, Any] = form.columns
        picture: StoredFile | None = columns.pop("picture")
        change_shop(by=request.user, **columns, **({"logo": picture.sha256} if picture else {}))

    return form_page(request, "setup/shop.html", form, keep=keep, to=reverse("settings"), shop=Shop.get())


@staff(permissions.SETTINGS, methods=("POST",))
def remove_logo(request: StaffRequest) -> HttpResponse:
    change_shop(by=request.user, logo="")
    toast(request, _("Saved."))
    return see_other(request, reverse("shop_settings"))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def automation(request: StaffRequest) -> HttpResponse:
    form = AutomationForm(request.POST if request.method == "POST" else None, instance=Automation.get())
    return form_page(
        request,
        "setup/form.html",
        form,
        keep=lambda: change_automation(by=request.user, **form.cleaned_data),
        to=reverse("settings"),
        heading=_("Status automation"),
        back="settings",
    )


@staff(permissions.SETTINGS)
def taxes(request: StaffRequest) -> HttpResponse:
    return page(request, "setup/taxes.html", taxes=list(TaxRate.objects.all()))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def add_tax(request: StaffRequest) -> HttpResponse:
    return _tax(request, None)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def edit_tax(request: StaffRequest, pk: int) -> HttpResponse:
    return _tax(request, get_object_or_404(TaxRate, pk=pk))


@require_safe
def logo(request: HttpRequest) -> HttpResponseBase:
    """The shop's logo, for the customers' pages; 404 without one."""
    kept = logo_of(Shop.get())
    if kept is None:
        raise Http404
    return serve_thumbnail(kept)


def logo_of(shop: Shop) -> StoredFile | None:
    """The stored picture of the shop's logo."""
    return StoredFile.objects.filter(sha256=shop.logo).first() if shop.logo else None


def _tax(request: StaffRequest, tax: TaxRate | None) -> HttpResponse:
    form = TaxForm(request.POST or None, instance=tax)
    return form_page(
        request,
        "setup/form.html",
        form,
        keep=lambda: keep_tax(tax, by=request.user, **form.columns),
        to=reverse("taxes"),
        heading=str(tax) if tax else _("New tax"),
        back="taxes",
    )

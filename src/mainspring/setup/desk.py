"""The staff's doors into the settings."""

from typing import Any

from babel.numbers import is_currency
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.accounts.models import is_time_zone
from mainspring.core.models import Shop
from mainspring.events.kinds import EventKind
from mainspring.events.models import record
from mainspring.setup import permissions
from mainspring.setup.events import SHOP_CHANGED
from mainspring.tickets.events import AUTOMATION_CHANGED
from mainspring.tickets.models import Automation
from mainspring.ui.forms import ModelForm
from mainspring.ui.pages import page, see_other, toast


class ShopForm(ModelForm):
    class Meta:
        model = Shop
        fields = [
            "name", "email", "phone", "website", "street", "postcode", "city", "country", "tax_number", "hours",
            "currency", "time_zone", "language", "prices_include_tax", "colour", "payment_days", "iban",
        ]  # fmt: skip

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not is_currency(currency):
            raise ValidationError(_("Three letters of a currency, like USD or ILS."))
        return currency

    def clean_time_zone(self) -> str:
        is_time_zone(self.cleaned_data["time_zone"])
        return str(self.cleaned_data["time_zone"])


class AutomationForm(ModelForm):
    class Meta:
        model = Automation
        fields = ["question_waits", "reply_is_noted", "timer_starts_work", "paid_closes"]


@staff(permissions.SETTINGS)
def index(request: StaffRequest) -> HttpResponse:
    return page(request, "setup/index.html")


def _edit(request: StaffRequest, form: ModelForm, heading: str, kind: EventKind) -> HttpResponse:
    """A page of one row's settings: saved with what it was before."""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            changes = {name: [str(form.initial.get(name)), str(form.cleaned_data[name])] for name in form.changed_data}
            saved: models.Model = form.save()
            if changes:
                record(kind, saved, by=request.user, data={"changes": changes})
        toast(request, _("Saved."))
        return see_other(request, reverse("settings"))
    status = 422 if request.method == "POST" else 200
    return page(request, "setup/form.html", form=form, heading=heading, status=status)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def shop(request: StaffRequest) -> HttpResponse:
    form: Any = ShopForm(request.POST or None, instance=Shop.get())
    return _edit(request, form, str(gettext_lazy("The shop")), SHOP_CHANGED)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def automation(request: StaffRequest) -> HttpResponse:
    form: Any = AutomationForm(request.POST if request.method == "POST" else None, instance=Automation.get())
    return _edit(request, form, str(gettext_lazy("Status automation")), AUTOMATION_CHANGED)

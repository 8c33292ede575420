"""The forms of work: services and parts on a ticket, and the catalogue."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core.models import TaxRate
from mainspring.core.quantities import STEP
from mainspring.core.text import Translated
from mainspring.crm.models import DeviceKind
from mainspring.inventory.forms import MOST, Figure
from mainspring.inventory.models import Product
from mainspring.ui.forms import Form, ModelForm
from mainspring.work.models import Labour, Service, ServiceCategory, UsedPart

LONGEST = 999


def whole_number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=LONGEST, required=False, widget=Figure())


def worked(given: dict[str, Any]) -> int:
    """Hours and minutes by hand, as minutes."""
    return (given.get("hours") or 0) * 60 + (given.get("minutes") or 0)


class AddServiceForm(Form):
    """A service of the catalogue, and how long it took."""

    service = forms.ModelChoiceField(
        Service.objects.in_use().select_related("tax"),
        label=gettext_lazy("Service"),
        error_messages={"required": gettext_lazy("Pick a service.")},
    )
    hours = whole_number(gettext_lazy("Hours"))
    minutes = whole_number(gettext_lazy("Minutes"))

    @property
    def worked(self) -> int:
        return worked(self.cleaned_data)


class DiscountForm(Form):
    """Price and discount of a charge: per cent or an amount, not both."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=300)
    unit_price = forms.DecimalField(
        label=gettext_lazy("Price"), min_value=Decimal(0), max_digits=14, decimal_places=4, widget=Figure(2)
    )
    discount_percent = forms.DecimalField(
        label=gettext_lazy("Discount %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=3,
        required=False,
        widget=Figure(),
    )
    discount_amount = forms.DecimalField(
        label=gettext_lazy("Discount amount"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        required=False,
        widget=Figure(2),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("discount_percent", "discount_amount"):
            if name in given:
                given[name] = given[name] or Decimal(0)
        if given.get("discount_percent") and given.get("discount_amount"):
            raise ValidationError(_("Give the discount in per cent or as an amount, not both."))
        return given


class LabourForm(DiscountForm):
    """Everything of a service on a ticket that can be changed."""

    hours = whole_number(gettext_lazy("Hours"))
    minutes = whole_number(gettext_lazy("Minutes"))
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=STEP, max_value=MOST, decimal_places=3, widget=Figure()
    )
    is_billable = forms.BooleanField(label=gettext_lazy("Billable"), required=False)

    def __init__(self, posted: QueryDict | None, *, labour: Labour) -> None:
        hours, minutes = divmod(labour.minutes, 60)
        shown = {name: getattr(labour, name) for name in (*DiscountForm.base_fields, "quantity", "is_billable")}
        started = {**shown, "hours": hours, "minutes": minutes}
        super().__init__(posted, initial=started, auto_id=f"labour_{labour.pk}_%s")
        self.order_fields(["description", "hours", "minutes", "quantity"])
        if labour.is_hourly:
            del self.fields["quantity"]

    @property
    def changes(self) -> dict[str, Any]:
        """The columns of the labour as the form wants them."""
        columns = {name: value for name, value in self.cleaned_data.items() if name != "hours"}
        return {**columns, "minutes": worked(self.cleaned_data)}


class UsePartForm(Form):
    """A product picked (`product`) or scanned (`q`), and how many."""

    product = forms.ModelChoiceField(Product.objects.in_use().select_related("tax"), required=False)
    q = forms.CharField(max_length=200, required=False)
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"),
        min_value=STEP,
        max_value=MOST,
        decimal_places=3,
        required=False,
        widget=Figure(),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        typed = given.get("q", "").replace("\x00", "")
        given["product"] = given.get("product") or Product.objects.in_use().with_names().scanned(typed)
        given["quantity"] = given.get("quantity") or Decimal(1)
        if given["product"] is None and typed:
            raise ValidationError(_("No product has the code “%(code)s”.") % {"code": typed})
        elif given["product"] is None:
            raise ValidationError(_("Scan a part, or pick one."))
        return given


class PartForm(DiscountForm):
    """Everything of a part on a ticket that can be changed."""

    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=STEP, max_value=MOST, decimal_places=3, widget=Figure()
    )

    def __init__(self, posted: QueryDict | None, *, part: UsedPart) -> None:
        shown = {name: getattr(part, name) for name in (*DiscountForm.base_fields, "quantity")}
        super().__init__(posted, initial=shown, auto_id=f"part_{part.pk}_%s")
        self.order_fields(["description", "quantity"])


class NamedForm(ModelForm):
    """A row whose name is translated: one field a language, the first one required."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in reversed(settings.LANGUAGES):
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": language},
                max_length=160,
                required=code == settings.LANGUAGES[0][0],
                initial=(self.instance.name or {}).get(code, "") if self.instance.pk else "",
                widget=forms.TextInput(attrs={"dir": "auto", "lang": code}),
            )
        self.order_fields([f"name_{code}" for code, _language in settings.LANGUAGES])

    @property
    def columns(self) -> dict[str, Any]:
        """The columns as the form wants them, the name with all its languages."""
        given = dict(self.cleaned_data)
        names = {code: given.pop(f"name_{code}") for code, _language in settings.LANGUAGES}
        return {**given, "name": Translated({code: name for code, name in names.items() if name})}

    def add(self, *, by: Person) -> Any:
        return self._meta.model.add(by=by, **self.columns)

    def amend(self, *, by: Person) -> None:
        self._meta.model._default_manager.get(pk=self.instance.pk).amend(by=by, **self.columns)


class ServiceForm(NamedForm):
    class Meta:
        model = Service
        fields = (
            "category",
            "billing",
            "price",
            "tax",
            "step_minutes",
            "minimum_minutes",
            "is_diagnostic",
            "policy",
            "is_active",
        )
        widgets = {"price": Figure(2)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("tax", TaxRate.objects.filter(is_default=True).first())


class ServiceCategoryForm(NamedForm):
    class Meta:
        model = ServiceCategory
        fields = ("order",)


class RuleForm(Form):
    """Which diagnostic for which kind of device; none chosen: any."""

    device_kind = forms.ModelChoiceField(
        DeviceKind.objects.all(),
        label=gettext_lazy("Kind of device"),
        required=False,
        empty_label=gettext_lazy("Any device"),
    )
    service = forms.ModelChoiceField(
        Service.objects.diagnostics(), label=gettext_lazy("Diagnostic"), empty_label=gettext_lazy("Pick one")
    )

"""The forms of work: services and parts on a ticket, and the catalogue."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core.asked import clean
from mainspring.core.models import TaxRate
from mainspring.core.quantities import STEP
from mainspring.crm.models import DeviceKind
from mainspring.inventory.forms import MOST, Figure
from mainspring.inventory.models import Product
from mainspring.ui.forms import DecimalField, Form, TranslatedForm
from mainspring.work.models import Labour, Service, ServiceCategory, Timer, UsedPart

LONGEST = 999
LONGEST_SPAN = timedelta(hours=24)


def whole_number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=LONGEST, required=False, widget=Figure())


def worked(given: dict[str, Any]) -> int:
    """Hours and minutes by hand, as minutes."""
    return (given.get("hours") or 0) * 60 + (given.get("minutes") or 0)


class TimeForm(Form):
    """How long it took, by hand: hours and minutes, or from when to when."""

    hours = whole_number(gettext_lazy("Hours"))
    minutes = whole_number(gettext_lazy("Minutes"))
    began = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    ended = forms.DateTimeField(label=gettext_lazy("Until"), required=False)

    @property
    def worked(self) -> int:
        """Minutes; a begun one counts."""
        began, ended = self.cleaned_data.get("began"), self.cleaned_data.get("ended")
        return -((began - ended) // timedelta(minutes=1)) if began and ended else worked(self.cleaned_data)

    @property
    def span(self) -> dict[str, Any]:
        """The columns of a labour that say from when to when; none without both."""
        began, ended = self.cleaned_data.get("began"), self.cleaned_data.get("ended")
        return {"started_at": began, "ended_at": ended} if began and ended else {}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        began, ended = given.get("began"), given.get("ended")
        if bool(began) != bool(ended):
            raise ValidationError(_("Say both, from when and until when."))
        elif began and ended and worked(given):
            raise ValidationError(_("Give hours and minutes, or from when until when, not both."))
        elif began and ended and not began < ended:
            raise ValidationError(_("The work ends before it begins."))
        elif began and ended and ended - began > LONGEST_SPAN:
            raise ValidationError(_("That is more than a day. Put it in as several."))
        return given


class StopForm(TimeForm):
    """A stopped timer: as it ran, or as long as somebody says."""

    def __init__(self, posted: QueryDict | None = None, *, timer: Timer) -> None:
        super().__init__(posted)
        self.timer = timer

    @property
    def said(self) -> int | None:
        """What somebody said; None to take what the timer counted."""
        return self.worked if self.is_said else None

    @property
    def is_said(self) -> bool:
        given = self.cleaned_data
        return any(given.get(name) is not None for name in ("hours", "minutes", "began"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and self.is_said and not self.worked:
            raise ValidationError(_("No time at all? Then discard the timer instead."))
        elif not self.errors and self.timer.is_forgotten and not self.is_said:
            raise ValidationError(_("This timer ran very long. Say how long the work really was."))
        return given


class AddServiceForm(TimeForm):
    """A service of the catalogue, and how long it took."""

    service = forms.ModelChoiceField(
        Service.objects.in_use().select_related("tax"),
        label=gettext_lazy("Service"),
        error_messages={"required": gettext_lazy("Pick a service.")},
    )


class DiscountForm(Form):
    """Price and discount of a charge: per cent or an amount, not both."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=300)
    unit_price = DecimalField(
        label=gettext_lazy("Price"), min_value=Decimal(0), max_digits=14, decimal_places=4, widget=Figure(2)
    )
    discount_percent = DecimalField(
        label=gettext_lazy("Discount %"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=3,
        required=False,
        widget=Figure(),
    )
    discount_amount = DecimalField(
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
    quantity = DecimalField(
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
    quantity = DecimalField(
        label=gettext_lazy("Quantity"),
        min_value=STEP,
        max_value=MOST,
        decimal_places=3,
        required=False,
        widget=Figure(),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        typed = clean(given.get("q"), 200)
        given["product"] = given.get("product") or Product.objects.in_use().with_names().scanned(typed)
        given["quantity"] = given.get("quantity") or Decimal(1)
        if given["product"] is None and typed:
            raise ValidationError(
                _("No product has the code “%(code)s”: look for it by its name, or add it to the stock.")
                % {"code": typed}
            )
        elif given["product"] is None:
            raise ValidationError(_("Scan a part, or pick one."))
        return given


class PartForm(DiscountForm):
    """Everything of a part on a ticket that can be changed."""

    quantity = DecimalField(
        label=gettext_lazy("Quantity"), min_value=STEP, max_value=MOST, decimal_places=3, widget=Figure()
    )

    def __init__(self, posted: QueryDict | None, *, part: UsedPart) -> None:
        shown = {name: getattr(part, name) for name in (*DiscountForm.base_fields, "quantity")}
        super().__init__(posted, initial=shown, auto_id=f"part_{part.pk}_%s")
        self.order_fields(["description", "quantity"])


class NamedForm(TranslatedForm):
    """A row whose name is translated, the name first."""

    translated = {"name": (gettext_lazy("Name (%(language)s)"), 160, True)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([f"name_{code}" for code, _language in settings.LANGUAGES])

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

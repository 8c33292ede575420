"""The forms of the stock."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.models import TaxRate
from mainspring.core.quantities import STEP
from mainspring.inventory.models import Category, Product, Supplier
from mainspring.ui.forms import DecimalField, Form, ModelForm

MOST = Decimal("9999999")


class Figure(forms.NumberInput):
    """A number without trailing zeros, but with so many places at least: 50.00, 2, 0.5."""

    def __init__(self, places: int = 0, attrs: dict[str, Any] | None = None) -> None:
        self.places = places
        super().__init__({"inputmode": "decimal", "step": "any", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, Decimal):
            return super().format_value(value)
        elif -int(value.normalize().as_tuple().exponent) < self.places:
            return f"{value:.{self.places}f}"
        else:
            return f"{value.normalize():f}"


class ProductForm(ModelForm):
    """All that is said about a product; its stock moves by other doors."""

    class Meta:
        model = Product
        fields = (
            "name",
            "sku",
            "barcode",
            "category",
            "supplier",
            "cost",
            "price",
            "tax",
            "shelf",
            "reorder_level",
            "is_active",
        )
        widgets = {
            "cost": Figure(2),
            "price": Figure(2),
            "reorder_level": Figure(),
            "barcode": forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
            "sku": forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("category", "supplier"):
            self.fields[name].empty_label = _("None")  # type: ignore[attr-defined]
        if self.instance.pk is None:
            self.initial.setdefault("tax", TaxRate.objects.filter(is_default=True).first())

    def add(self, *, by: Person) -> Product:
        return Product.objects.add(by=by, **self.cleaned_data)

    def amend(self, *, by: Person) -> None:
        Product.objects.get(pk=self.instance.pk).amend(by=by, **self.cleaned_data)


class ReceiveForm(Form):
    """Goods came in."""

    quantity = DecimalField(
        label=_("Quantity"), min_value=STEP, max_value=MOST, decimal_places=3, widget=Figure(attrs={"autofocus": True})
    )
    cost = DecimalField(
        label=_("Cost each"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        required=False,
        widget=Figure(2),
        help_text=_("Empty: as before."),
    )
    reason = forms.CharField(label=_("Delivery note or reason"), max_length=200, required=False)


class CountForm(Form):
    """So many are really there."""

    found = DecimalField(
        label=_("Counted"),
        min_value=Decimal(0),
        max_value=MOST,
        decimal_places=3,
        widget=Figure(attrs={"autofocus": True}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class SupplierForm(ModelForm):
    website = forms.URLField(label=_("website"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Supplier
        fields = ("name", "email", "phone", "website", "customer_number", "remarks")
        widgets = {"remarks": forms.Textarea(attrs={"rows": 3})}

    def add(self, *, by: Person) -> Supplier:
        return Supplier.add(by=by, **self.cleaned_data)

    def amend(self, *, by: Person) -> None:
        Supplier.objects.get(pk=self.instance.pk).amend(by=by, **self.cleaned_data)


class CategoryForm(ModelForm):
    class Meta:
        model = Category
        fields = ("name",)

    def add(self, *, by: Person) -> Category:
        return Category.add(by=by, **self.cleaned_data)

    def amend(self, *, by: Person) -> None:
        Category.objects.get(pk=self.instance.pk).amend(by=by, **self.cleaned_data)

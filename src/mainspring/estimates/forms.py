"""The forms of estimates."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.models import TaxRate
from mainspring.core.quantities import show_quantity
from mainspring.estimates.drafting import Wanted
from mainspring.estimates.drawing import NotDrawn, read_drawing
from mainspring.estimates.models import Choice, Draft, Terms
from mainspring.inventory.models import Product
from mainspring.ui.forms import DecimalField, Form, ModelForm, TranslatedForm
from mainspring.work.models import Service


class DraftForm(ModelForm):
    """Text, validity and deposit."""

    class Meta:
        model = Draft
        fields = ["text", "valid_days", "deposit_percent", "deposit_amount"]
        field_classes = {"deposit_percent": DecimalField, "deposit_amount": DecimalField}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("deposit_percent") and given.get("deposit_amount"):
            raise forms.ValidationError(_("A deposit is either per cent or an amount."))
        return given


class TermsForm(TranslatedForm):
    """The shop's terms, with the text at the end in each language."""

    translated = {"text": (gettext_lazy("Text at the end of an estimate (%(language)s)"), 2000, False)}

    class Meta:
        model = Terms
        fields = ["valid_days", "deposit_percent", "remind_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["deposit_percent"] = show_quantity(self.instance.deposit_percent)

    @property
    def texts(self) -> list[Any]:
        return [self[f"text_{code}"] for code, _language in settings.LANGUAGES]


class LineForm(Form):
    """A line: a service, a product, or a text with its price and tax."""

    service = forms.ModelChoiceField(Service.objects.filter(is_diagnostic=False), required=False)
    product = forms.ModelChoiceField(Product.objects.all(), required=False)
    description = forms.CharField(label=gettext_lazy("Text"), max_length=300, required=False)
    quantity = DecimalField(label=gettext_lazy("Quantity"), min_value=Decimal("0.001"), max_digits=9, decimal_places=3)
    price = DecimalField(
        label=gettext_lazy("Price"), min_value=Decimal(0), max_digits=12, decimal_places=4, required=False
    )
    discount = DecimalField(
        label=gettext_lazy("Discount"), min_value=Decimal(0), max_value=Decimal(100), max_digits=6, decimal_places=3,
        required=False,
    )  # fmt: skip
    tax = forms.ModelChoiceField(TaxRate.objects.all(), required=False)
    choice = forms.ChoiceField(choices=Choice.choices)
    group = forms.CharField(max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        elif not (given.get("service") or given.get("product")) and not (
            given.get("description") and given.get("price") is not None and given.get("tax")
        ):
            raise forms.ValidationError(_("Choose a service or a product, or write a text with price and tax."))
        elif given["choice"] == Choice.ONE and not given["group"]:
            raise forms.ValidationError(_("Name the group of which the customer chooses one."))
        return given

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(**{**given, "discount": given["discount"] or Decimal(0)})


class SignForm(Form):
    """The name under an estimate, and the signature where it was drawn."""

    name = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Type your name to sign.")},
    )
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_drawing(self) -> bytes:
        try:
            return read_drawing(self.cleaned_data["drawing"])
        except NotDrawn as error:
            raise forms.ValidationError(str(error)) from error


class DeclineForm(Form):
    """Why an estimate is not wanted."""

    reason = forms.CharField(
        label=gettext_lazy("Why? It helps us"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

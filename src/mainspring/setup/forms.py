"""The forms of the settings."""

from typing import Any, ClassVar

from babel.numbers import is_currency
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.billing.models import Invoice
from mainspring.core.models import Shop, TaxRate
from mainspring.files.models import StoredFile
from mainspring.tickets.models import Automation
from mainspring.ui.forms import ModelForm, TranslatedForm, countries, currencies, language_field, zone_field

is_colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", gettext_lazy("A colour like #2f6f5e."))


class ShopForm(TranslatedForm):
    """Who we are, section by section."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    language = language_field()
    time_zone = zone_field()
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currencies)
    picture = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP. Best on a clear ground, about 600 points wide."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    translated = {"invoice_text": (gettext_lazy("Text at the end of an invoice (%(language)s)"), 1000, False)}

    SECTIONS: ClassVar[list[tuple[Any, list[str]]]] = [
        (gettext_lazy("Who you are"), ["name", "email", "phone", "website", "hours"]),
        (gettext_lazy("Where you are"), ["street", "postcode", "city", "country", "time_zone", "language"]),
        (gettext_lazy("How you look"), ["picture", "colour"]),
        (
            gettext_lazy("Money and invoices"),
            [
                "currency",
                "prices_include_tax",
                "tax_number",
                "payment_days",
                "iban",
                "invoice_text_en",
                "invoice_text_he",
            ],
        ),
    ]

    class Meta:
        model = Shop
        fields = [
            "name", "email", "phone", "website", "street", "postcode", "city", "country", "tax_number", "hours",
            "currency", "time_zone", "language", "prices_include_tax", "colour", "payment_days", "iban",
        ]  # fmt: skip
        widgets = {"colour": forms.ColorInput}
        help_texts = {
            "prices_include_tax": gettext_lazy("Whether the prices of services and products already hold the tax."),
            "colour": gettext_lazy("For invoices, mails and the customers' pages."),
        }

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"])
        if not is_currency(currency):
            raise ValidationError(_("There is no such currency."))
        elif currency != Shop.get().currency and Invoice.objects.exists():
            raise ValidationError(
                _("Invoices were issued in %(currency)s already.") % {"currency": Shop.get().currency}
            )
        return currency

    def clean_colour(self) -> str:
        is_colour(self.cleaned_data["colour"])
        return str(self.cleaned_data["colour"])

    def clean_picture(self) -> StoredFile | None:
        picture = self.cleaned_data["picture"]
        if not picture:
            return None
        kept = StoredFile.keep(picture, name=picture.name, declared_type=picture.content_type or "")
        if not kept.is_picture:
            raise ValidationError(_("That isn't a picture we can print. Take a PNG, JPEG or WebP."))
        return kept


class AutomationForm(ModelForm):
    class Meta:
        model = Automation
        fields = ["question_waits", "reply_is_noted", "timer_starts_work", "paid_closes"]


class TaxForm(TranslatedForm):
    """A tax as people read it, its per cent, and whether new services and products carry it."""

    translated = {"name": (gettext_lazy("Name (%(language)s)"), 80, True)}

    is_default = forms.BooleanField(label=gettext_lazy("New services and products carry it"), required=False)
    """Not the table's own field: of two defaults the older one gives way, which is the verb's to see to."""

    class Meta:
        model = TaxRate
        fields = ["percent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("is_default", self.instance.is_default)
        self.order_fields(["name_en", "name_he", "percent"])

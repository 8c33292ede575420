"""The forms of the public site: what the shop fills in, and what visitors do."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.text import Translated
from mainspring.crm.models import DeviceKind
from mainspring.files.models import StoredFile
from mainspring.files.pictures import Unreadable, shrink
from mainspring.ui.forms import Form, ModelMultipleChoiceField, TranslatedForm
from mainspring.website.models import DAYS, Site, is_span
from mainspring.work.models import Service

DAY_NAMES = dict(
    zip(
        DAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)
WIDE = (1600, 1200)
"""What a photo is made small to, once, when it comes in."""
CLOCK = {"type": "time"}


class SiteForm(TranslatedForm):
    """The texts in each language, the hours day by day, and which services are shown."""

    translated = {
        "headline": (gettext_lazy("Headline (%(language)s)"), 120, False),
        "intro": (gettext_lazy("First sentences (%(language)s)"), 600, False),
        "about": (gettext_lazy("About us (%(language)s)"), 4000, False),
    }
    map_url = forms.URLField(
        label=gettext_lazy("Link to a map"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Empty: a search for your address on OpenStreetMap."),
    )
    services = ModelMultipleChoiceField(
        Service.objects.in_use(),
        label=gettext_lazy("Services shown with their prices"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Site
        fields = ["is_on", "takes_bookings", "map_url", "services"]
        help_texts = {
            "is_on": gettext_lazy("Off, the first page leads to signing in; articles for everybody can still be read.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in DAYS:
            known = self.instance.hours.get(day) or ["", ""]
            for place, end in enumerate(("from", "to")):
                self.fields[f"{day}_{end}"] = forms.TimeField(
                    label=_("%(day)s, from") % {"day": DAY_NAMES[day]}
                    if end == "from"
                    else _("%(day)s, to") % {"day": DAY_NAMES[day]},
                    required=False,
                    initial=known[place],
                    widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for day in DAYS:
            if not is_span(given.get(f"{day}_from"), given.get(f"{day}_to")):
                self.add_error(f"{day}_to", _("Give both, the later one last; leave both empty when you are closed."))
        return given

    @property
    def columns(self) -> dict[str, Any]:
        given = super().columns
        hours = {}
        for day in DAYS:
            start, end = given.pop(f"{day}_from"), given.pop(f"{day}_to")
            if start and end:
                hours[day] = [f"{start:%H:%M}", f"{end:%H:%M}"]
        return {**given, "services": list(given["services"]), "hours": hours}

    @property
    def texts(self) -> list[Any]:
        return [self[f"{column}_{code}"] for column in self.translated for code, _language in settings.LANGUAGES]

    @property
    def days(self) -> list[tuple[Any, Any, Any]]:
        return [(DAY_NAMES[day], self[f"{day}_from"], self[f"{day}_to"]) for day in DAYS]


class PhotoForm(Form):
    picture = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy("PNG, JPEG or WebP, about 1600 points wide. The first one stands at the top."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    says = forms.CharField(label=gettext_lazy("What it shows"), max_length=200, widget=forms.TextInput)

    def clean_picture(self) -> StoredFile:
        picture = self.cleaned_data["picture"]
        kept = StoredFile.keep(picture, name=picture.name, declared_type=picture.content_type or "")
        try:
            wide = shrink(kept.path, WIDE)
        except Unreadable as error:
            raise ValidationError(_("That isn't a picture we can show. Take a PNG, JPEG or WebP.")) from error
        stem = kept.name.rpartition(".")[0] or kept.name
        return StoredFile.keep(wide, name=f"{stem}.webp", declared_type="image/webp")

    def translated_says(self, language: str) -> Translated:
        return Translated({language: self.cleaned_data["says"]})


class BookForm(Form):
    """A repair, from somebody we may not know. `website` is left empty by people; programs fill it in."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    kind = forms.ModelChoiceField(
        DeviceKind.objects.all(), label=gettext_lazy("What is it?"), required=False, empty_label=gettext_lazy("Choose")
    )
    model = forms.CharField(label=gettext_lazy("Maker and model"), max_length=80, required=False)
    problem = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )


class CheckForm(Form):
    number = forms.IntegerField(
        label=gettext_lazy("Ticket number"),
        min_value=1,
        max_value=10**15,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

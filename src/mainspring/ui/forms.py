"""Forms whose widgets carry the classes of our components; `ui.field(form.name)` draws label, help and error."""

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, ClassVar
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.renderers import Jinja2
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from mainspring.core.asked import row_key, whole
from mainspring.core.text import Translated

CLASSES: dict[str, str] = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "color": "form-control form-control-color",
    "file": "form-control",
}


def language_field() -> forms.ChoiceField:
    """A choice among the languages that the pages speak."""
    return forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


def zone_field() -> forms.ChoiceField:
    """A choice among the time zones of the IANA database."""
    return forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)


def zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


def countries() -> list[tuple[str, str]]:
    """Every country by its ISO 3166 letters, named in the current language and sorted by name."""
    names = Locale(get_language() or "en").territories
    return sorted(
        ((code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()), key=itemgetter(1)
    )


def currencies() -> list[tuple[str, str]]:
    """Every currency in use, by its ISO 4217 letters."""
    names = Locale(get_language() or "en").currencies
    used = {
        code for codes in get_global("territory_currencies").values() for code, _from, to, _tender in codes if not to
    }
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(used)]


LINE = 200
"""A longer text gets a box of several lines."""


GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


class DecimalField(forms.DecimalField):
    """A figure as people write it and our pages show it: also with its thousands apart, 1,234.50.

    A comma anywhere else is refused: to some it is a thousand, to others a tenth.
    """

    def to_python(self, value: Any) -> Any:
        whole = isinstance(value, str) and GROUPED.fullmatch(value.strip())
        return super().to_python(value.replace(",", "") if whole else value)


class JSONField(forms.JSONField):
    """Python refuses a number of thousands of digits by an error that is none of JSON's."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class RowField(forms.Field):
    """One row by its key, as a hidden field carries it. `rows` answers a key with the row, or with none."""

    widget = forms.HiddenInput

    def __init__(self, rows: Callable[[int], list[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = self.rows(row_key(str(value)))
        if not found:
            raise ValidationError(forms.ModelChoiceField.default_error_messages["invalid_choice"], "invalid_choice")
        return found[0]


class ModelMultipleChoiceField(forms.ModelMultipleChoiceField):
    """Rows by their keys. Of a key that no column holds the database would make an error, not a refusal."""

    def clean(self, value: Any) -> Any:
        wrong = [key for key in value or () if whole(str(key)) is None]
        if wrong:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": wrong[0]})
        return super().clean(value)


RENDERER = Jinja2()
"""Django's own widget templates. One for all forms: each renderer compiles its templates anew."""


def first_error(form: forms.BaseForm) -> str:
    """The first thing that is wrong, in one sentence; empty when nothing is."""
    return str(next(iter(form.errors.values()))[0]) if form.errors else ""


class Form(forms.Form):
    """A plain form of the house."""

    default_renderer = RENDERER

    def first_error(self) -> str:
        return first_error(self)


class ModelForm(forms.ModelForm[Any]):
    """A form over a table."""

    default_renderer = RENDERER

    def first_error(self) -> str:
        return first_error(self)


class TranslatedForm(ModelForm):
    """A form over a table with translated columns: a field a language each, `name_en`, `name_he`.

    `translated` maps a column to its label (with a place for the language), its longest length and whether the first
    language is required; `columns` has them put together again.
    """

    translated: ClassVar[dict[str, tuple[Any, int, bool]]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, (label, longest, is_required) in self.translated.items():
            known = (getattr(self.instance, column) or {}) if self.instance.pk else {}
            for code, language in settings.LANGUAGES:
                self.fields[f"{column}_{code}"] = forms.CharField(
                    label=label % {"language": language},
                    max_length=longest,
                    required=is_required and code == settings.LANGUAGES[0][0],
                    initial=known.get(code, ""),
                    widget=_text_box(longest, code),
                )

    @property
    def columns(self) -> dict[str, Any]:
        """What was typed, by column."""
        given = dict(self.cleaned_data)
        for column in self.translated:
            texts = {code: given.pop(f"{column}_{code}") for code, _language in settings.LANGUAGES}
            given[column] = Translated({code: text for code, text in texts.items() if text})
        return given


def _text_box(longest: int, language: str) -> forms.Widget:
    told = {"dir": "auto", "lang": language}
    return forms.Textarea(attrs={**told, "rows": 4}) if longest > LINE else forms.TextInput(attrs=told)


def kind(bound: BoundField) -> str:
    """How a field is drawn: `text`, `textarea`, `select`, `checkbox`, `radios`, `checkboxes`, `file`, `hidden` …"""
    drawn = bound.field.widget
    if drawn.is_hidden:
        return "hidden"
    elif isinstance(drawn, forms.CheckboxSelectMultiple):
        return "checkboxes"
    elif isinstance(drawn, forms.RadioSelect):
        return "radios"
    elif isinstance(drawn, forms.Select):
        return "select"
    elif isinstance(drawn, forms.Textarea):
        return "textarea"
    else:
        return str(getattr(drawn, "input_type", "text"))


def choices(bound: BoundField) -> list[BoundWidget]:
    """The single controls of a field that is drawn as several: radios, boxes."""
    bound.field.widget.attrs["class"] = "form-check-input"
    return bound.subwidgets


def widget(bound: BoundField, **attrs: Any) -> SafeString:
    """The control itself, with our classes. `None` drops an attribute, `_` in a name becomes `-`."""
    drawn = kind(bound)
    shared = "" if drawn in ("radios", "checkboxes") else CLASSES.get(drawn, "form-control")
    own = bound.field.widget.attrs.get("class", "")
    wrong = "is-invalid" if bound.errors else ""
    classes = " ".join(filter(None, [shared, own, attrs.pop("class", ""), wrong]))
    named = {name.replace("_", "-"): value for name, value in attrs.items() if value is not None}
    return bound.as_widget(attrs={**named, **({"class": classes} if classes else {})})

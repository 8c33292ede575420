"""Forms whose widgets carry the classes of our components; `ui.field(form.name)` draws label, help and error."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.renderers import Jinja2
from django.utils.safestring import SafeString

CLASSES: dict[str, str] = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "select": "form-select",
    "file": "form-control",
}


class Renderer(Jinja2):
    """Django's own widget templates, in the engine that draws our pages."""


def first_error(form: forms.BaseForm) -> str:
    """The first thing that is wrong, in one sentence; empty when nothing is."""
    return str(next(iter(form.errors.values()))[0]) if form.errors else ""


class Form(forms.Form):
    """A plain form of the house."""

    default_renderer = Renderer

    def first_error(self) -> str:
        return first_error(self)


class ModelForm(forms.ModelForm[Any]):
    """A form over a table."""

    default_renderer = Renderer

    def first_error(self) -> str:
        return first_error(self)


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

"""The form of a webhook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mainspring.core.outgoing import NoAddress, read_address
from mainspring.ui.forms import Form
from mainspring.webhooks.models import Hook
from mainspring.webhooks.public import NAMES


class HookForm(Form):
    """Where to, of what, and whether at all."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "inputmode": "url", "placeholder": "https://hooks.example.com/mainspring"}
        ),
        help_text=_("It gets a signed POST for each event. Addresses inside a private network are refused."),
    )
    is_on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(name, name) for name in NAMES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    def __init__(self, posted: Any, *, hook: Hook | None = None) -> None:
        told = {name: getattr(hook, name) for name in ("url", "is_on", "kinds")} if hook else {}
        super().__init__(posted, initial=told)

    def clean_url(self) -> str:
        try:
            read_address(self.cleaned_data["url"])
        except NoAddress as error:
            raise ValidationError(str(error)) from error
        return str(self.cleaned_data["url"])

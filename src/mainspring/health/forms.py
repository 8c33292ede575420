"""The form of the alarm."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.outgoing import NoAddress, read_address
from mainspring.health.models import Alarm
from mainspring.ui.forms import Form, ModelMultipleChoiceField


class AlarmForm(Form):
    """By mail to whom, and by a webhook."""

    mails = forms.BooleanField(label=_("Tell people by mail"), required=False)
    people = ModelMultipleChoiceField(
        label=_("Whom"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: the owners."),
    )
    url = forms.CharField(
        label=_("Tell a program, by webhook"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "placeholder": "https://…"}),
        help_text=_("It gets a POST with what is broken. It goes also when mail does not. Empty: none."),
    )

    def __init__(self, posted: Any, *, alarm: Alarm) -> None:
        people = list(alarm.people.all()) if Alarm.objects.filter(pk=alarm.pk).exists() else []
        super().__init__(posted, initial={"mails": alarm.mails, "people": people, "url": alarm.url})
        choice: Any = self.fields["people"]
        choice.queryset = Person.objects.working().order_by("name")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url:
            try:
                read_address(url)
            except NoAddress as error:
                raise ValidationError(str(error)) from error
        return url

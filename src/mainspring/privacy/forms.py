"""The forms of privacy."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.crm.models import Contact
from mainspring.privacy.models import Keeping
from mainspring.ui.forms import Form, ModelForm

TEN_YEARS = 120


class CheckpointForm(ModelForm):
    """Where the audit trail's checkpoints go."""

    class Meta:
        model = Keeping
        fields = ["checkpoint_folder", "checkpoint_email"]


class RetentionForm(ModelForm):
    """How long what is kept."""

    class Meta:
        model = Keeping
        fields = ["raw_mail_months", "files_months", "discarded_months", "audit_months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.validators.append(MaxValueValidator(TEN_YEARS))


class EraseForm(Form):
    """The name once more, by hand."""

    name = forms.CharField(label=gettext_lazy("Type the name to erase it for good"), max_length=160)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if " ".join(name.split()).casefold() != " ".join(self.contact.name.split()).casefold():
            raise forms.ValidationError(_("This is not the name. Nothing was erased."))
        return name

"""The forms of the ticket page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.crm.models import Business, Contact, Device
from mainspring.files.models import StoredFile
from mainspring.tickets.models import Message, Ticket
from mainspring.ui.forms import Form


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files in one input."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(upload, initial) for upload in uploads if upload]


class NoteForm(Form):
    """The composer: to the customer, or internally."""

    kind = forms.ChoiceField(choices=Message.Kind.choices)
    text = forms.CharField(max_length=50_000, required=False)
    not_mailed = forms.BooleanField(required=False)
    is_question = forms.BooleanField(required=False)
    is_on_invoice = forms.BooleanField(required=False)
    uploads = ManyFilesField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("text", "").strip() and not given.get("uploads"):
            raise ValidationError(_("There is nothing to send yet: write something or attach a file."))
        return given

    def stored_files(self, *, by: Person) -> list[StoredFile]:
        return [
            StoredFile.keep(upload, name=upload.name, declared_type=upload.content_type or "", by=by.actor_key)
            for upload in self.cleaned_data["uploads"]
        ]


class DueForm(Form):
    due_at = forms.DateTimeField(label=_("Due"), required=False)


class AmendForm(Form):
    """Subject, details, device and what came with it."""

    subject = forms.CharField(label=_("What is wrong?"), max_length=200)
    description = forms.CharField(
        label=_("Details"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    device = forms.ModelChoiceField(Device.objects.none(), label=_("Device"), required=False, empty_label=_("None"))
    device_condition = forms.CharField(label=_("Condition"), max_length=300, required=False)
    accessories = forms.CharField(label=_("Accessories"), max_length=300, required=False)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = Device.objects.filter(owner=ticket.contact)
        if ticket.business:
            owned |= Device.objects.filter(business=ticket.business)
        self.fields["device"].queryset = owned.select_related("kind")  # type: ignore[attr-defined]

    @classmethod
    def of(cls, ticket: Ticket) -> dict[str, Any]:
        return {name: getattr(ticket, name) for name in cls.base_fields}


class ContactForm(Form):
    """A further contact: one we know, or a new one with a name."""

    contact_id = forms.ModelChoiceField(Contact.objects.all(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    role = forms.CharField(label=_("Role or title"), max_length=80, required=False)
    gets_mail = forms.BooleanField(label=_("Gets the mails"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("contact_id") and not given.get("name"):
            raise ValidationError(_("Pick a contact, or give a name."))
        return given

    def contact(self, *, business: Business | None, by: Person) -> Contact:
        given = self.cleaned_data
        known = given["contact_id"] or Contact.objects.reached_at(email=given["email"], phone=given["phone"]).first()
        return known or Contact.add(
            by=by,
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            title=given["role"],
            business=business,
        )

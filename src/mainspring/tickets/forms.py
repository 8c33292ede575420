"""The forms of the ticket page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.crm.models import Business, Contact, Device, contact_standing
from mainspring.files.models import StoredFile
from mainspring.tickets.models import CustomerPages, Message, Participant, Ticket
from mainspring.ui.forms import Form, ModelForm, RowField

MOST_FILES = 20


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

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_uploads(self) -> list[StoredFile]:
        """The files, kept; one that is too large is said to be. What no note comes to hold is swept later."""
        return [
            StoredFile.keep(upload, name=upload.name, declared_type=upload.content_type or "", by=self.by.actor_key)
            for upload in self.cleaned_data["uploads"]
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("text", "").strip() and not given.get("uploads"):
            raise ValidationError(_("There is nothing to send yet: write something or attach a file."))
        return given


PROGRAMS = frozenset({"application/x-msdownload", "application/x-executable", "application/x-mach-binary"})
"""What a customer has no reason to send, whatever its name says."""


def kept_from(contact: Contact, upload: Any) -> StoredFile:
    """A customer's file, kept. Raises ValidationError for one that is too large, and for a program."""
    kept = StoredFile.keep(
        upload, name=upload.name or "", declared_type=upload.content_type or "", by=contact.actor_key
    )
    if kept.type in PROGRAMS:
        raise ValidationError(_("%(name)s is a program. Send photos and documents.") % {"name": kept.name})
    return kept


class ReplyForm(Form):
    """What a customer answers on his page."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "data-grows": True}),
    )
    uploads = ManyFilesField(required=False)

    def __init__(self, *args: Any, by: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_uploads(self) -> list[StoredFile]:
        return [kept_from(self.by, upload) for upload in self.cleaned_data["uploads"][:MOST_FILES]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("text", "").strip() and not given.get("uploads"):
            raise ValidationError(_("There is nothing to send yet: write something or add a file."))
        return given


class DueForm(Form):
    due_at = forms.DateTimeField(label=_("Due"), required=False)


class CustomerPagesForm(ModelForm):
    class Meta:
        model = CustomerPages
        fields = ["link_days"]
        help_texts = {"link_days": _("After that the page offers to mail a fresh link to the address we know.")}


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


class ReachForm(Form):
    """The customer as the ticket page shows him: title, phone, mail address."""

    title = forms.CharField(label=_("Role or title"), max_length=80, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)

    def __init__(self, posted: QueryDict | None, *, contact: Contact, **shown: Any) -> None:
        shown |= {name: getattr(contact, name) for name in ReachForm.base_fields}
        super().__init__(posted, initial=shown, auto_id=f"contact_{contact.pk}_%s")

    @property
    def reach(self) -> dict[str, str]:
        """The columns of the contact."""
        return {name: self.cleaned_data[name] for name in ReachForm.base_fields}


class SeatForm(ReachForm):
    """A further contact, and what he is on this ticket."""

    role = forms.CharField(label=_("Role on this ticket"), max_length=80, required=False)
    gets_mail = forms.BooleanField(label=_("Gets the mails"), required=False)

    def __init__(self, posted: QueryDict | None, *, seat: Participant) -> None:
        super().__init__(posted, contact=seat.contact, role=seat.role, gets_mail=seat.gets_mail)


class ContactForm(Form):
    """A further contact: one we know, or a new one with a name."""

    contact_id = RowField(contact_standing, required=False)
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

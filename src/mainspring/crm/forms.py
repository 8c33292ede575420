"""The forms of the customer files."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from mainspring.core.asked import row_key
from mainspring.crm.models import Business, Contact, Device, DeviceKind
from mainspring.ui.forms import ModelForm, countries

ADDRESS = ["street", "postcode", "city"]


def reads_language() -> forms.ChoiceField:
    """The language somebody reads; empty when it is his business's or the shop's."""
    return forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=lambda: [("", gettext_lazy("Like the shop")), *settings.LANGUAGES],
    )


class KeptForm(ModelForm):
    """A form whose row is added and changed by its own verbs."""

    def add(self, *, by: Any, **more: Any) -> Any:
        return self._meta.model.add(by=by, **self.cleaned_data, **more)

    def amend(self, *, by: Any, **more: Any) -> None:
        self._meta.model._default_manager.get(pk=self.instance.pk).amend(by=by, **self.cleaned_data, **more)


class CustomerForm(KeptForm):
    """Whoever invoices go to: without tax only for a reason, which the bookkeeper will ask for."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("tax_exempt") and not given.get("exempt_reason"):
            self.add_error("exempt_reason", gettext_lazy("Say why: a certificate's number, reverse charge …"))
        return given


class BusinessForm(CustomerForm):
    language = reads_language()
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), required=False, choices=lambda: [("", "–"), *countries()]
    )

    class Meta:
        model = Business
        fields = [
            "name",
            "email",
            "phone",
            *ADDRESS,
            "country",
            "language",
            "tax_number",
            "tax_exempt",
            "exempt_reason",
            "remarks",
        ]
        widgets = {"remarks": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}


class ContactForm(CustomerForm):
    language = reads_language()

    class Meta:
        model = Contact
        fields = [
            "name",
            "business",
            "title",
            "email",
            "phone",
            *ADDRESS,
            "language",
            "tax_exempt",
            "exempt_reason",
            "remarks",
        ]
        widgets = {"business": forms.HiddenInput, "remarks": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}

    @property
    def shown_business(self) -> str:
        """The name of the business that is chosen now."""
        pk = str(getattr(self["business"].value(), "pk", self["business"].value()) or "")
        known = Business.objects.filter(pk=row_key(pk)).first()
        return known.name if known else ""

    def amend(self, *, by: Any, **more: Any) -> None:
        """A corrected address gets mail again."""
        resumed = {"mail_paused": False} if "email" in self.changed_data else {}
        super().amend(by=by, **resumed, **more)


class DeviceForm(KeptForm):
    class Meta:
        model = Device
        fields = ["kind", "maker", "model", "serial", "remarks"]
        widgets = {"remarks": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}


PICTURED = [
    "device-mobile", "device-laptop", "device-desktop", "device-tablet", "printer", "router", "server", "device-tv",
    "device-watch", "device-gamepad", "camera", "headphones", "tool",
]  # fmt: skip


class DeviceKindForm(KeptForm):
    """What we repair, and the picture it is shown by."""

    icon = forms.ChoiceField(
        label=gettext_lazy("Picture"), choices=[(name, name) for name in PICTURED], widget=forms.RadioSelect
    )

    class Meta:
        model = DeviceKind
        fields = ["name", "icon", "order"]
        help_texts = {"order": gettext_lazy("Its place in the lists; the lowest comes first.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.icon
        if known not in PICTURED:
            self.fields["icon"].choices = [(known, known), *((name, name) for name in PICTURED)]  # type: ignore[attr-defined]

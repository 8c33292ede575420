"""The forms of the vault."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person, Role
from mainspring.ui.forms import Form, ModelForm, ModelMultipleChoiceField
from mainspring.vault.contents import Contents, Facts
from mainspring.vault.models import Kind, VaultRules
from mainspring.vault.models.credential import Credential
from mainspring.vault.models.share import LASTS
from mainspring.vault.totp import NoSeed, Seed

MOST_BYTES = 1024 * 1024
SEERS = [(role.value, role.label) for role in (Role.MANAGER, Role.TECHNICIAN)]
HIDDEN = {"autocomplete": "off", "data-secret": "", "spellcheck": "false", "dir": "ltr"}
USER_LABELS = {
    Kind.WIFI: gettext_lazy("Name of the Wi-Fi"),
    Kind.DEVICE: gettext_lazy("User, if there are several"),
    Kind.REMOTE: gettext_lazy("User name or number"),
}
SECRET_LABELS = {
    Kind.DEVICE: gettext_lazy("Passcode"),
}


def secret_box(longest: int, **attrs: str) -> forms.CharField:
    """A box for something secret: hidden as it is typed, given back when the form is refused, kept nowhere else."""
    return forms.CharField(
        max_length=longest,
        required=False,
        strip=False,
        widget=forms.PasswordInput(render_value=True, attrs=HIDDEN | {"autocomplete": "new-password"} | attrs),
    )


class ContentsForm(Form):
    """What goes into a credential."""

    user = forms.CharField(
        max_length=200, required=False, label=gettext_lazy("User name"), widget=forms.TextInput(attrs=HIDDEN)
    )
    secret = secret_box(1000, **{"data-shows": ""})
    url = forms.CharField(
        max_length=500, required=False, label=gettext_lazy("Address"), widget=forms.TextInput(attrs=HIDDEN)
    )
    totp = secret_box(500)
    notes = forms.CharField(
        max_length=10_000,
        required=False,
        label=gettext_lazy("Notes"),
        help_text=gettext_lazy("Locked as well, and shown like a secret."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-secret": "", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: str = Kind.FREE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].label = USER_LABELS.get(Kind(kind), gettext_lazy("User name"))
        self.fields["secret"].label = SECRET_LABELS.get(Kind(kind), gettext_lazy("Password"))
        self.fields["totp"].label = gettext_lazy("Seed of the codes")
        self.fields["totp"].help_text = gettext_lazy("What is under the QR code of an authenticator app.")

    def clean_totp(self) -> str:
        try:
            return Seed.read(self.cleaned_data["totp"]).address if self.cleaned_data["totp"].strip() else ""
        except NoSeed as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("user", "secret", "url", "totp", "notes")}


class CredentialForm(ContentsForm):
    """A credential, new or changed. On a change a secret left empty stays as it is; `without` takes it away."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    name = forms.CharField(
        max_length=120,
        label=gettext_lazy("What it is"),
        help_text=gettext_lazy("Shown in lists and stories. Nothing secret here."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A key, a certificate, a saved configuration: up to 1 MB."),
    )
    without = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Take away"), widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Only these roles see it"), choices=SEERS,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With nobody chosen, whoever may see the vault. The owner sees all."),
    )  # fmt: skip
    people = ModelMultipleChoiceField(
        Person.objects.none(), required=False, label=gettext_lazy("Only these people see it"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    field_order = ["kind", "name", "user", "secret", "url", "totp", "notes", "file", "without", "roles", "people"]

    def __init__(
        self, *args: Any, known: Credential | None = None, facts: Facts | None = None, kind: str = "", **kwargs: Any
    ) -> None:
        kind = known.kind if known else kind if kind in Kind.values else Kind.FREE
        told: dict[str, Any] = {"kind": kind}
        if known and facts:
            told |= {"name": known.name, "user": facts.user, "url": facts.url}
            told |= {"roles": known.roles_seated(), "people": known.people_seated()}
        super().__init__(*args, initial=told, kind=kind, **kwargs)
        self.known, self.facts = known, facts
        self.fields["people"].queryset = Person.objects.working().filter(  # type: ignore[attr-defined]
            role__in=[Role.MANAGER, Role.TECHNICIAN]
        )
        labels = {
            "secret": gettext_lazy("the password"),
            "totp": gettext_lazy("the codes"),
            "notes": gettext_lazy("the notes"),
            "file": gettext_lazy("the file"),
        }
        holds = facts.holds if facts else ()
        self.fields["without"].choices = [(name, labels[name]) for name in holds]  # type: ignore[attr-defined]
        for name in holds:
            self.fields[name].help_text = gettext_lazy("Left empty, it stays as it is.")

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_any = any(given.get(name) for name in ("user", "secret", "url", "totp", "notes", "file"))
        if not self.errors and not has_any and not self.known:
            raise forms.ValidationError(_("There is nothing in it yet."))
        return given

    @property
    def contents(self) -> Contents:
        return Contents(**self.typed, **self._file)

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed into a credential that is there: what was left empty stays."""
        given = {name: value for name, value in self.typed.items() if value or name in ("user", "url")}
        taken: dict[str, Any] = dict.fromkeys(self.cleaned_data["without"], "")
        if "file" in taken:
            taken |= {"file": b"", "file_name": ""}
        return taken | given | self._file

    @property
    def _file(self) -> dict[str, Any]:
        upload = self.cleaned_data["file"]
        return {"file": upload.read(), "file_name": str(upload.name)[:150]} if upload else {}

    @property
    def seats(self) -> tuple[list[str], list[Person]]:
        return self.cleaned_data["roles"], list(self.cleaned_data["people"])


class LookForm(Form):
    """Why somebody looks, and at which part."""

    PARTS = ("secret", "totp", "notes", "file", "wifi", "user")

    part = forms.ChoiceField(choices=[(name, name) for name in PARTS])
    reason = forms.CharField(max_length=200, required=False)
    ticket = forms.IntegerField(required=False, min_value=1, max_value=10**12)

    def __init__(self, data: Any, *, rules: VaultRules) -> None:
        super().__init__(data)
        self.rules = rules

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if not reason and self.rules.asks_reason:
            raise forms.ValidationError(_("Say why you look: it is written down."))
        return reason or "–"


class ShareForm(Form):
    """A link for one look from outside."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, validators=[MaxLengthValidator(200)],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    lasts = forms.TypedChoiceField(
        label=gettext_lazy("The link works"),
        coerce=lambda value: timedelta(seconds=int(value)),
        choices=[
            (int(LASTS[0].total_seconds()), gettext_lazy("for an hour")),
            (int(LASTS[1].total_seconds()), gettext_lazy("for a day")),
            (int(LASTS[2].total_seconds()), gettext_lazy("for a week")),
        ],
        initial=int(LASTS[1].total_seconds()),
    )
    with_notes = forms.BooleanField(label=gettext_lazy("With the notes"), required=False)
    mailed = forms.BooleanField(label=gettext_lazy("Mail the link; the code goes another way"), required=False)


class HandInForm(Form):
    """What we ask a customer for."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices, initial=Kind.ROUTER)
    name = forms.CharField(
        label=gettext_lazy("What you need"),
        max_length=120,
        help_text=gettext_lazy("The customer reads it: “The router's password”."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    says = forms.CharField(
        label=gettext_lazy("Words to the customer"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    mailed = forms.BooleanField(label=gettext_lazy("Mail the link"), required=False, initial=True)


class RulesForm(ModelForm):
    """How careful the vault is."""

    class Meta:
        model = VaultRules
        fields = ["asks_reason", "asks_proof", "asks_factor", "hide_after", "reminds", "wipe_days"]

"""What people type about themselves, and to come in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts import limits
from mainspring.accounts.factors import Factors
from mainspring.accounts.models import EntryRules, Person, Provider, Role
from mainspring.ui.forms import Form, JSONField, ModelForm

NONSENSE = (KeyError, TypeError, ValueError, AttributeError)
"""What the parser of passkeys raises over an answer that is none."""
CODE_BOX = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "spellcheck": "false"}
SECRET_BOX = {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}


def code_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=30, widget=forms.TextInput(attrs=CODE_BOX))


class CodeForm(Form):
    """A code, looked at by whoever asks for it."""

    code = code_field(gettext_lazy("Code"))


class SecondStepForm(Form):
    """The code of an app, or a recovery code, after the password. The try is counted first. Named in MFA_FORMS."""

    code = code_field(gettext_lazy("Code"))
    authenticator: Authenticator

    def __init__(self, data: Any = None, *, user: Person) -> None:
        super().__init__(data)
        self.user = user

    def clean_code(self) -> str:
        found = accept_code(self.user, str(self.cleaned_data["code"]))
        if found is None:
            raise ValidationError(_("That code isn't right, or was used already. Wait for the next one."))
        self.authenticator = found
        return str(self.cleaned_data["code"])

    def save(self) -> None:
        post_authentication(context.request, self.authenticator)


def in_plain_words(clean: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """allauth's forms for passkeys fall over some answers that are none; ours say so."""

    @wraps(clean)
    def cleaned(form: Any) -> Any:
        try:
            return clean(form)
        except NONSENSE as error:
            raise ValidationError(_("The browser's answer can't be used. Try again.")) from error

    return cleaned


class PasskeyEntryForm(LoginWebAuthnForm):
    """A passkey instead of a password. Named in MFA_FORMS."""

    credential = JSONField(widget=forms.HiddenInput)
    clean_credential = in_plain_words(LoginWebAuthnForm.clean_credential)


class PasskeyStepForm(AuthenticateWebAuthnForm):
    """A passkey after the password. Named in MFA_FORMS."""

    credential = JSONField(widget=forms.HiddenInput)
    clean_credential = in_plain_words(AuthenticateWebAuthnForm.clean_credential)


def accept_code(person: Person, typed: str) -> Authenticator | None:
    """The factor that the typed code belongs to, within the limit of tries; answers 429 beyond it."""
    allowance = limits.codes(context.request, person.email)
    allowance.take_or_refuse(context.request)
    found = Factors(person).accept(typed)
    if found is not None:
        allowance.give_back()
    else:
        signals.authentication_failed.send(
            sender=Authenticator, request=context.request, user=person, authenticator=None, reauthentication=False
        )
    return found


def accept_password(person: Person, typed: str) -> bool:
    """Whether it is his password, within the limit of tries; answers 429 beyond it."""
    allowance = limits.passwords(context.request, person.email)
    allowance.take_or_refuse(context.request)
    is_right = person.check_password(typed)
    if is_right:
        allowance.give_back()
    return is_right


class ProofForm(Form):
    """Who asks for something delicate shows once more who he is: by password, or by a code."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, required=False, widget=forms.TextInput(attrs=CODE_BOX)
    )

    def __init__(self, data: Any = None, *, person: Person, factors: Factors, by_factor: bool = False) -> None:
        super().__init__(data)
        self.person = person
        if by_factor or not person.has_usable_password():
            del self.fields["password"]
        if factors.app is None:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("code"):
            if accept_code(self.person, given["code"]) is None:
                self.add_error("code", _("That code isn't right, or was used already. Wait for the next one."))
        elif given.get("password"):
            if not accept_password(self.person, given["password"]):
                self.add_error("password", _("That isn't your password."))
        else:
            raise ValidationError(_("Type one of them."))
        return given


class PasswordForm(Form):
    """A new password. Who has one shows it; who has none yet was proven otherwise."""

    old = forms.CharField(
        label=gettext_lazy("The password until now"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("The new password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Ten characters or more. It ends your other sessions."),
    )

    def __init__(self, data: Any, *, person: Person) -> None:
        super().__init__(data)
        self.person = person
        if not person.has_usable_password():
            del self.fields["old"]

    def clean_old(self) -> str:
        if not accept_password(self.person, self.cleaned_data["old"]):
            raise ValidationError(_("That isn't your password until now."))
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.person)
        return str(self.cleaned_data["new"])


class AddressForm(Form):
    email = forms.EmailField(
        label=gettext_lazy("The new mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        help_text=gettext_lazy("A mail with a link goes there. Until it is opened, the old address stays."),
    )


class AskForm(Form):
    """The address to which a key is mailed."""

    email = forms.EmailField(
        label=gettext_lazy("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    )


class PasskeyForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Its name"),
        max_length=60,
        help_text=gettext_lazy("So that you know it again: “my phone”, “blue key”."),
    )
    credential = JSONField(widget=forms.HiddenInput, required=False)


class EntryRulesForm(ModelForm):
    second_factor_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Who needs a second factor"),
        choices=[*Role.choices, ("customer", gettext_lazy("Customers"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who has none yet is led to it at the next sign-in, and can do nothing else before."),
    )

    class Meta:
        model = EntryRules
        fields = ["second_factor_roles", "mail_opens_desk", "mail_opens_portal"]


class ProviderForm(ModelForm):
    issuer = forms.URLField(
        label=gettext_lazy("Issuer"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy(
            "Its address without /.well-known/…; for Microsoft https://login.microsoftonline.com/TENANT/v2.0."
        ),
    )
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=190,
        required=False,
        widget=forms.PasswordInput(attrs=SECRET_BOX, render_value=False),
    )
    domains = forms.CharField(
        label=gettext_lazy("Mail domains"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=gettext_lazy(
            "Separated by commas. Who has a verified address in one of them comes in at once; everybody else links "
            "the account on his own page first. Name only domains that are yours."
        ),
    )

    class Meta:
        model = Provider
        fields = ["kind", "name", "issuer", "client_id", "on_desk", "on_portal", "is_on"]
        widgets = {"client_id": forms.TextInput(attrs=SECRET_BOX)}

    field_order = ["kind", "name", "issuer", "client_id", "secret", "domains", "on_desk", "on_portal", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["domains"] = ", ".join(self.instance.domains)
        if self.instance.pk:
            del self.fields["kind"]

    def clean_domains(self) -> list[str]:
        names = [name.strip().lower().lstrip("@") for name in self.cleaned_data["domains"].split(",")]
        wrong = [name for name in names if name and ("." not in name or set(name) & set(" /:@"))]
        if wrong:
            raise ValidationError(_("%(name)s is no domain.") % {"name": wrong[0]})
        return sorted({name for name in names if name})

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind = given.get("kind") or self.instance.kind
        needs_issuer = kind in (Provider.Kind.MICROSOFT, Provider.Kind.OIDC)
        if needs_issuer and not given.get("issuer"):
            self.add_error("issuer", _("Without the issuer nobody can be asked."))
        elif kind == Provider.Kind.MICROSOFT and "/common" in given.get("issuer", ""):
            self.add_error("issuer", _("Name your own tenant: “common” lets in everybody who has a Microsoft account."))
        if not self.instance.pk and not given.get("secret"):
            self.add_error("secret", _("The other house gives it to you together with the client ID."))
        elif self.instance.pk and "issuer" in self.changed_data and not given.get("secret"):
            self.add_error("secret", _("The kept secret goes to no other issuer: type the one it gave you."))
        if kind == Provider.Kind.GITHUB and not self.instance.pk and Provider.objects.filter(kind=kind).exists():
            self.add_error("kind", _("GitHub is set up already."))
        return given

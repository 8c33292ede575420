"""The form of the plan."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.backups.models import Plan
from mainspring.backups.places import Server, Unreachable
from mainspring.backups.places.base import Spot
from mainspring.ui.forms import ModelForm

WHERE = ("kind", "host", "port", "login", "bucket")
NEEDED: dict[str | None, tuple[str, ...]] = {Plan.Kind.S3: ("bucket", "login"), Plan.Kind.SFTP: ("host", "login")}


class PlanForm(ModelForm):
    """Where, when and how many. The secret is never shown; another place or user name asks for it again."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Daily at"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    secret = forms.CharField(
        label=gettext_lazy("Password or secret access key"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    private_key = forms.CharField(
        label=gettext_lazy("Private key"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("Instead of a password. Paste it whole, without a passphrase."),
    )

    class Meta:
        model = Plan
        fields = [
            "is_on", "hour", "kind", "folder", "host", "port", "login", "bucket", "region", "host_key",
            "keep_daily", "keep_weekly", "keep_monthly",
        ]  # fmt: skip
        help_texts = {
            "folder": gettext_lazy("The whole path, or a folder within the bucket or on the server."),
            "host": gettext_lazy("Its name; of a bucket its whole address, empty for Amazon's."),
            "region": gettext_lazy("Empty: the server is asked."),
            "host_key": gettext_lazy("Empty: what the server shows now is noted, for you to compare."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = Plan.get()
        self.found_key = ""
        if self.known.sealed_secret:
            self.fields["secret"].help_text = _("Empty: the kept one stays.")
        for name in ("folder", "host", "login", "bucket", "region", "host_key"):
            self.fields[name].widget.attrs["dir"] = "ltr"

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_folder(self) -> str:
        return str(self.cleaned_data["folder"]).strip()

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).strip().rstrip("/.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind")
        given["secret"] = given.get("private_key") or given.get("secret", "")
        if kind == Plan.Kind.FOLDER:
            self._needs_a_folder(given.get("folder", ""))
        for name in NEEDED.get(kind, ()):
            if not given.get(name):
                self.add_error(name, _("This is needed."))
        if kind in NEEDED and not given.get("secret") and self._is_elsewhere(given):
            self.add_error("secret", _("Enter it: a kept one goes only where it was meant to go."))
        if kind == Plan.Kind.SFTP and given.get("host") and not given.get("host_key") and not self.errors:
            self._note_the_key(given)
        return given

    def _needs_a_folder(self, folder: str) -> None:
        if folder and not folder.startswith("/"):
            self.add_error("folder", _("Write the whole path, from / on."))

    def _is_elsewhere(self, given: dict[str, Any]) -> bool:
        return not self.known.sealed_secret or any(given.get(name) != getattr(self.known, name) for name in WHERE)

    def _note_the_key(self, given: dict[str, Any]) -> None:
        try:
            self.found_key = Server(Spot(host=given["host"], port=given["port"])).shown_key()
        except Unreachable as error:
            raise ValidationError(str(error)) from error
        given["host_key"] = self.found_key

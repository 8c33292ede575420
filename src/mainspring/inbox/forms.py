"""The forms of mail in: a mailbox, and where a mail belongs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mainspring.inbox.connecting import Place
from mainspring.inbox.models import Mailbox
from mainspring.ui.forms import ModelForm

PLACE = ("host", "port", "security", "login")


class MailboxForm(ModelForm):
    """A mailbox and its password, which is never shown. Another server or user name asks for it again:
    a kept password goes only where it was meant to go."""

    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Mailbox
        fields = [
            "address", "host", "port", "security", "login", "folder", "done_folder", "takes_tags", "checked_by",
            "is_enabled",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = Mailbox.objects.filter(pk=self.instance.pk).first()
        if self.known:
            self.fields["password"].help_text = _("Empty: the kept one stays.")
        self.order_fields(["address", "host", "port", "security", "login", "password"])

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip().rstrip(".")
        if not host or any(sign in host for sign in " /@\\\x00"):
            raise ValidationError(_("Only the server's name, like imap.example.com."))
        return host

    def clean_checked_by(self) -> str:
        name = str(self.cleaned_data["checked_by"]).strip().rstrip(";")
        if any(sign in name for sign in ' =;()"\x00'):
            raise ValidationError(_("Only the server's name, like mx.example.com."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("password"):
            if self.known is None:
                self.add_error("password", _("A password is needed."))
            elif any(name in given and given[name] != getattr(self.known, name) for name in PLACE):
                self.add_error("password", _("Enter the password again: the server or the user name changed."))
        return given

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def place(self) -> Place:
        """What was typed, to try it. Raises Broken when the kept password can't be opened."""
        given = self.cleaned_data
        password = given["password"] or (self.known.password if self.known else "")
        where = {name: given[name] for name in (*PLACE, "folder", "done_folder")}
        return Place(password=password, **where)

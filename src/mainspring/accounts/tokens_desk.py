"""The staff's doors to access tokens: one's own, made and revoked; everybody's for who manages people."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts import permissions
from mainspring.accounts.doors import StaffRequest, staff
from mainspring.accounts.models import AccessToken, Person
from mainspring.api.grants import EVERYTHING, SCOPES
from mainspring.core.limits import Limit
from mainspring.ui.forms import Form
from mainspring.ui.pages import page, see_other, toast

SHOWN = 200
ENDS = [
    ("30", gettext_lazy("in 30 days")),
    ("90", gettext_lazy("in 90 days")),
    ("365", gettext_lazy("in a year")),
    ("", gettext_lazy("never")),
]
TRIES = Limit("token-password", 5, 300)


class NewTokenForm(Form):
    """A name and an end; whoever is asked says himself what it may (`scopes`, none for all)."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("What it is for, so that you know it again.")
    )
    ends = forms.ChoiceField(label=gettext_lazy("Ends"), choices=ENDS, required=False, initial="90")

    def make(self, holder: Person) -> tuple[AccessToken, str]:
        """The token and its text."""
        given = self.cleaned_data
        return AccessToken.objects.make(
            holder=holder,
            name=given["name"],
            scopes=given["scopes"] or [EVERYTHING],
            expires_at=timezone.now() + timedelta(days=int(given["ends"])) if given["ends"] else None,
            by=holder,
        )


class TokenForm(NewTokenForm):
    """What it may, and the password as the proof of who asks."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(scope, scope) for scope in SCOPES],
        help_text=gettext_lazy(
            "None chosen: everything that you may yourself. Never more than you may at that moment."
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, posted: Any, *, person: Person) -> None:
        super().__init__(posted)
        self.person = person

    def clean_password(self) -> str:
        if not TRIES.allows(self.person.actor_key):
            raise forms.ValidationError(_("Too many tries. Wait a few minutes, then try again."))
        elif not self.person.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("That isn't your password."))
        return ""


@staff(permissions.ME, methods=("GET", "POST"))
def access_tokens(request: StaffRequest) -> HttpResponse:
    """One's own tokens, and a new one, whose text is shown this once."""
    form = TokenForm(request.POST or None, person=request.user)
    made: tuple[AccessToken | None, str] = (None, "")
    if request.method == "POST" and form.is_valid():
        made = form.make(request.user)
        form = TokenForm(None, person=request.user)
    tokens = list(AccessToken.objects.of(request.user.actor_key)[:SHOWN])
    status = 422 if form.errors else 200
    context = {"tokens": tokens, "form": form, "made": made[0], "whole": made[1], "of_all": False}
    return page(request, "accounts/tokens.html", status=status, **context)


@staff(permissions.PEOPLE)
def all_access_tokens(request: StaffRequest) -> HttpResponse:
    """Everybody's tokens, to see and to revoke."""
    tokens = list(AccessToken.objects.order_by("-id")[:SHOWN])
    return page(request, "accounts/tokens.html", tokens=tokens, form=None, made=None, whole="", of_all=True)


@staff(permissions.ME, methods=("POST",))
def revoke_access_token(request: StaffRequest, pk: int) -> HttpResponse:
    """Dead at once. One's own; anybody's for who manages people."""
    may_all = request.user.may(permissions.PEOPLE)
    found = AccessToken.objects.all() if may_all else AccessToken.objects.filter(holder=request.user.actor_key)
    token = get_object_or_404(found, pk=pk)
    token.revoke(by=request.user)
    toast(request, _("%(name)s is dead.") % {"name": token.name})
    is_mine = token.holder == request.user.actor_key
    return see_other(request, reverse("access_tokens" if is_mine else "all_access_tokens"))

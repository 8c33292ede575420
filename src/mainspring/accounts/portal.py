"""The customers' doors to access tokens: what a program of theirs may do in their name."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import CustomerRequest, customer, fresh
from mainspring.accounts.models import AccessToken
from mainspring.accounts.tokens_desk import SHOWN, NewTokenForm
from mainspring.api.grants import CUSTOMERS_SCOPES
from mainspring.ui.pages import portal_page, see_other, toast

MEANT = {
    "tickets:read": gettext_lazy("read your tickets and what we write"),
    "tickets:write": gettext_lazy("open tickets, answer and send files"),
    "billing:read": gettext_lazy("read your invoices"),
    "billing:write": gettext_lazy("ask where several invoices are paid at once"),
    "estimates:read": gettext_lazy("read your estimates"),
    "estimates:write": gettext_lazy("approve and decline estimates in your name"),
    "crm:read": gettext_lazy("read your profile, devices and colleagues"),
    "crm:write": gettext_lazy("change your profile and who of your people sees what"),
    "knowledge:read": gettext_lazy("read the help"),
    "accounts:read": gettext_lazy("see whose token it is"),
}


class CustomersTokenForm(NewTokenForm):
    """What it may. Who asks has proven himself a moment ago."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(scope, MEANT.get(scope, scope)) for scope in sorted(CUSTOMERS_SCOPES)],
        help_text=gettext_lazy("None chosen: all of it. Never more than you see here yourself at that moment."),
    )


@customer(methods=("GET", "POST"))
@fresh()
def access_tokens(request: CustomerRequest) -> HttpResponse:
    """His own tokens, and a new one, whose text is shown this once."""
    form = CustomersTokenForm(request.POST if request.method == "POST" else None)
    made: tuple[AccessToken | None, str] = (None, "")
    if request.method == "POST" and form.is_valid():
        made = form.make(request.user)
        form = CustomersTokenForm()
    return portal_page(
        request,
        "accounts/portal_tokens.html",
        tokens=list(AccessToken.objects.of(request.user.actor_key)[:SHOWN]),
        meant=MEANT,
        form=form,
        made=made[0],
        whole=made[1],
        status=422 if form.errors else 200,
    )


@customer(methods=("POST",))
def revoke_access_token(request: CustomerRequest, pk: int) -> HttpResponse:
    """Dead at once."""
    token = get_object_or_404(AccessToken.objects.filter(holder=request.user.actor_key), pk=pk)
    token.revoke(by=request.user)
    toast(request, _("%(name)s is dead.") % {"name": token.name})
    return see_other(request, reverse("portal_tokens"))

"""The staff's doors into how customers pay, and how an invoice looks."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.billing import permissions
from mainspring.billing.gateways import StripeGateway
from mainspring.billing.gateways.base import GatewayDown, GatewayRefused
from mainspring.billing.models import GatewayCall
from mainspring.billing.papers.sample import sample_pdf
from mainspring.core.links import link
from mainspring.ui.forms import Form
from mainspring.ui.pages import complain, form_page, pdf_answer, refuse, see_other, toast

SECRET = forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}, render_value=False)
LAST_CALLS = 10


class StripeForm(Form):
    key = forms.CharField(
        label=gettext_lazy("Secret key"),
        max_length=300,
        required=False,
        widget=SECRET,
        help_text="sk_live_…, rk_live_…",
    )
    webhook_secret = forms.CharField(
        label=gettext_lazy("Signing secret of the webhook"), max_length=300, required=False, widget=SECRET,
        help_text="whsec_…",
    )  # fmt: skip
    is_on = forms.BooleanField(label=gettext_lazy("Customers can pay with Stripe"), required=False)

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).strip()
        if key and not key.startswith(("sk_", "rk_")):
            raise forms.ValidationError(
                _("A secret key begins with sk_ or rk_. The publishable one, pk_, is not needed.")
            )
        return key

    def clean_webhook_secret(self) -> str:
        secret = str(self.cleaned_data["webhook_secret"]).strip()
        if secret and not secret.startswith("whsec_"):
            raise forms.ValidationError(
                _("A signing secret begins with whsec_. Stripe shows it on the webhook's page.")
            )
        return secret

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kept = StripeGateway().account.secrets
        if given.get("is_on") and not self.errors:
            if not (given.get("key") or kept.get("key")):
                self.add_error("key", _("Without the secret key nobody can pay."))
            if not (given.get("webhook_secret") or kept.get("webhook_secret")):
                self.add_error("webhook_secret", _("Without the signing secret no payment can be trusted."))
        return given


@staff(permissions.SETTINGS, methods=("GET", "POST"))
@fresh()
def payments(request: StaffRequest) -> HttpResponse:
    """Stripe's account: on or off, and its secrets, which are kept sealed and never shown."""
    gateway = StripeGateway()
    form = StripeForm(request.POST if request.method == "POST" else None, initial={"is_on": gateway.account.is_on})
    return form_page(
        request,
        "billing/payment_settings.html",
        form,
        keep=lambda: gateway.account.put(by=request.user, **form.cleaned_data),
        to=reverse("payment_settings"),
        gateway=gateway,
        webhook=link("stripe_webhook"),
        calls=list(GatewayCall.objects.filter(gateway=gateway.name).order_by("-id")[:LAST_CALLS]),
    )


@staff(permissions.SETTINGS, methods=("POST",))
def try_stripe(request: StaffRequest) -> HttpResponse:
    """Ask Stripe whether the key opens the account, and say what is missing."""
    gateway = StripeGateway()
    try:
        gateway.try_it()
    except (GatewayDown, GatewayRefused) as error:
        complain(request, str(error))
    else:
        said = _("Stripe accepts the key.")
        if not gateway.webhook_secret:
            complain(
                request, said + " " + _("The webhook's signing secret is missing: payments could not be heard of.")
            )
        else:
            toast(request, said)
    return see_other(request, reverse("payment_settings"))


@staff(permissions.SETTINGS)
def preview(request: StaffRequest) -> HttpResponse:
    """An invoice as it will look, with the shop's own logo, colour and words; `?language=he` in Hebrew."""
    language = request.GET.get("language", request.user.language)
    if language not in ("en", "he"):
        return refuse(request, _("There are no invoices in that language yet."), status=404)
    return pdf_answer(sample_pdf(language), "preview")

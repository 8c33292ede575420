"""The customers' doors: signing in and up, who one is, what one owns."""

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.accounts.entry import let_in
from mainspring.accounts.newcomers import Newcomer
from mainspring.core.limits import Limit
from mainspring.crm.being import change_profile
from mainspring.crm.models import Account, Contact, Device, Joining
from mainspring.events.origin import client_address
from mainspring.ui.forms import Form, ModelForm, language_field
from mainspring.ui.pages import portal_page, public_page, refuse, see_other, toast

ASKED = Limit("portal-sign-up", 10, 3600)
DEVICES_SHOWN = 200


class SignUpForm(Form):
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Mail address"))


class JoinForm(Form):
    """A password; who comes in by another house needs none."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Ten characters or more."),
    )

    def __init__(self, posted: Any, *, newcomer: Newcomer | None) -> None:
        super().__init__(posted)
        self.fields["password"].required = newcomer is None

    def clean_password(self) -> str | None:
        typed = str(self.cleaned_data["password"])
        if typed:
            validate_password(typed)
        return typed or None


class ProfileForm(ModelForm):
    """What a customer changes of himself. His mail address is his key to the portal: he shows that a new one is his."""

    language = language_field()

    class Meta:
        model = Contact
        fields = ["name", "phone", "street", "postcode", "city", "language", "wants_updates", "wants_news"]


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """Asks for an account, or for a new password. For every address the answer is the same; the rest is mailed.

    Whom another house sent, and whose address that house may vouch for, needs no mail.
    """
    newcomer = Newcomer.of(request)
    initial = {"name": newcomer.name, "email": newcomer.email} if newcomer else None
    form = SignUpForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and not ASKED.allows(client_address(request)):
        return refuse(request, status=429)
    elif request.method == "POST" and form.is_valid():
        email, name = form.cleaned_data["email"].lower(), form.cleaned_data["name"]
        if newcomer and newcomer.email == email and newcomer.comes_in:
            person = Account.welcome(email=email, name=name, password=None)
            newcomer.be(person, request)
            return let_in(request, person)
        Joining.ask(email=email, name=name)
        return see_other(request, reverse("portal_sign_up_sent"))
    status = 422 if form.errors else 200
    return public_page(request, "crm/portal_sign_up.html", form=form, newcomer=newcomer, status=status)


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    return public_page(request, "crm/portal_sign_up_sent.html", newcomer=Newcomer.of(request))


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """Behind the mailed link: a password, or in the browser that came from another house none, and he is in. Looking at
    the page changes nothing."""
    joining = Joining.of_token(token)
    if joining is None:
        return public_page(request, "crm/portal_join_lost.html", status=404)
    waits = Newcomer.of(request)
    newcomer = waits if waits and waits.email == joining.email else None
    form = JoinForm(request.POST if request.method == "POST" else None, newcomer=newcomer)
    if request.method == "POST" and form.is_valid():
        person = joining.accept(password=form.cleaned_data["password"])
        if person is None:
            return public_page(request, "crm/portal_join_lost.html", status=404)
        if newcomer:
            newcomer.be(person, request)
        return let_in(request, person)
    status = 422 if form.errors else 200
    return public_page(request, "crm/portal_join.html", form=form, joining=joining, newcomer=newcomer, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return see_other(request, reverse("portal_sign_in"))


@customer(methods=("GET", "POST"))
def profile(request: CustomerRequest) -> HttpResponse:
    """Name, address, language, which mails he wants, and what he agreed to."""
    contacts = list(Contact.objects.of_account(request.user).select_related("business").order_by("id"))
    me = contacts[0]
    form = ProfileForm(request.POST or None, instance=Contact.objects.get(pk=me.pk))
    form.initial["language"] = request.user.language
    if request.method == "POST" and form.is_valid():
        change_profile(request.user, **{name: form.cleaned_data[name] for name in form.changed_data})
        toast(request, _("Saved."))
        return see_other(request, reverse("portal_profile"))
    return portal_page(request, "crm/portal_profile.html", form=form, me=me, status=422 if form.errors else 200)


@customer()
def devices(request: CustomerRequest) -> HttpResponse:
    found = Device.objects.visible_to(request.user).select_related("kind", "owner").order_by("-id")
    return portal_page(request, "crm/portal_devices.html", devices=list(found[:DEVICES_SHOWN]))

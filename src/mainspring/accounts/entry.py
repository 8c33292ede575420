"""The pages in front of the door: signing in, by password, passkey, mail or another house; the forgotten password."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import requests
from allauth.account import views as account
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.github import views as github
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainspring.accounts import limits
from mainspring.accounts.entering import HANDLE, PASSWORD_RIGHT, mail_key
from mainspring.accounts.forms import AskForm, CodeForm
from mainspring.accounts.models import EntryRules, MailedKey, Person, Provider
from mainspring.accounts.tasks import mail_password_link
from mainspring.ui.context import layouts_of, surface_of
from mainspring.ui.pages import is_elsewhere, lead_on, page, refuse, see_other

form = require_http_methods(["GET", "HEAD", "POST"])
seen = require_http_methods(["GET", "HEAD"])

Answer = Callable[..., HttpResponseBase]


class SignIn(account.LoginView):
    """The password, and beside it the other ways that the shop has switched on for this surface."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        surface = surface_of(self.request)
        houses = [one for one in Provider.objects.filter(is_on=True) if one.opens(surface)]
        more = {"houses": houses, "mail_opens": EntryRules.get().mail_opens(surface)}
        return {**super().get_context_data(**kwargs), **more}


logout, signup = form(account.logout), form(account.signup)
reset_done, set_done, inactive = (
    seen(account.password_reset_done),
    seen(account.password_reset_from_key_done),
    seen(account.account_inactive),
)
set_password = form(account.password_reset_from_key)


@form
def ask_reset(request: HttpRequest) -> HttpResponse:
    """The same answer after the same steps, whoever has the address: a task finds out."""
    asked = AskForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        limits.mails(request, asked.cleaned_data["email"]).take_or_refuse(request)
        mail_password_link.enqueue(asked.cleaned_data["email"])
        return see_other(request, reverse("account_reset_password_done"))
    return page(request, "account/password_reset.html", form=asked, status=422 if asked.errors else 200)


@form
def ask_mail(request: HttpRequest) -> HttpResponse:
    """Ask for a mailed code."""
    if not EntryRules.get().mail_opens(surface_of(request)):
        raise Http404
    asked = AskForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        limits.mails(request, asked.cleaned_data["email"]).take_or_refuse(request)
        mail_key(request, asked.cleaned_data["email"])
        return see_other(request, _with_next(request, reverse("mailed_code")))
    return page(request, "accounts/ask_mail.html", form=asked, next=_next(request), status=422 if asked.errors else 200)


@form
def mailed_code(request: HttpRequest) -> HttpResponseBase:
    """Type the code that was mailed. It works in the browser that asked for it."""
    handle = str(request.session.get(HANDLE, ""))
    asked = CodeForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        allowance = limits.mailed_codes(request, handle or "none")
        allowance.take_or_refuse(request)
        key = MailedKey.objects.by_code("sign_in", handle, asked.cleaned_data["code"])
        if key is not None and key.person is not None:
            allowance.give_back()
            return let_in(request, key.person)
        asked.add_error("code", _("That code isn't right, or it is too old. Ask for a new one."))
    return page(
        request, "accounts/mailed_code.html", form=asked, next=_next(request), status=422 if asked.errors else 200
    )


@form
def mailed_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of the mail. Looking at it uses nothing up: mail programs look, too. The button comes in."""
    key = MailedKey.objects.by_token("sign_in", token)
    if key is None or key.person is None:
        return refuse(request, _("This link was used already or is too old. Ask for a new one."), status=404)
    if request.method == "POST" and key.use():
        return let_in(request, key.person)
    return page(request, "accounts/mailed_link.html", person=key.person)


def let_in(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Somebody has shown that he reads the mails of his address: he comes in, over the second step if he has one."""
    keeps = request.session.pop(PASSWORD_RIGHT, None) == person.pk
    request.session.pop(HANDLE, None)
    person.prove_address(keeps_password=keeps)
    record_authentication(request, person, "code", email=person.email)
    return onward(request, perform_login(request, Login(user=person, email=person.email, redirect_url=_next(request))))


def _next(request: HttpRequest) -> str:
    """Where somebody wanted to go, if it is a place of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def _with_next(request: HttpRequest, path: str) -> str:
    wanted = _next(request)
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def leading_home(view: Answer) -> Answer:
    """A view that lets somebody in, who may belong on another host: the staff that came to the portal."""

    @wraps(view)
    def letting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return onward(request, view(request, *args, **kwargs))

    return letting


def other_house(view: Answer) -> Answer:
    """A view of allauth that asks another house. One that can't be reached is said so; one switched off isn't there."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            says = _("There you say who you are, then you come back here.")
            response = onward(request, view(request, *args, **kwargs), says)
            response.status_code = 400 if response.status_code == 401 else response.status_code  # allauth: wrong state
            return response
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except (requests.RequestException, KeyError, ValueError) as error:
            said = _("The other house can't be reached, or doesn't answer as it should. Sign in another way.")
            raise ImmediateHttpResponse(refuse(request, said, status=503)) from error

    return asking


def onward(request: HttpRequest, response: HttpResponseBase, says: str = "") -> HttpResponseBase:
    """What leads to another host, by a page in between."""
    target = response.headers.get("Location", "")
    if response.status_code != 302 or not is_elsewhere(request, target):
        return response
    page_between = lead_on(request, target, layout=layouts_of(request)[0], says=says or _("That is where you work."))
    page_between.cookies = response.cookies
    return page_between


login = form(leading_home(SignIn.as_view()))
second_step, passkey = form(leading_home(mfa.authenticate)), form(leading_home(webauthn.login_webauthn))


@require_POST
@other_house
def ask_house(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Sign in by another house. Only to sign in: linking has its own door."""
    provider = get_adapter(request).get_provider(request, slug)
    return provider.redirect(request, process="login", next_url=_next(request) or None)


house_answers = seen(other_house(oidc.callback))
github_answers = seen(other_house(github.oauth2_callback))


@seen
def cancelled(request: HttpRequest) -> HttpResponseBase:
    """He said no at the other house."""
    return HttpResponseRedirect(reverse("account_login"))

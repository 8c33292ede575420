"""How allauth works in this house.

Nobody signs himself up, its mails go through the outbox, its limits are counted in the database, its secrets are
sealed, and what another house says of somebody counts only as far as the shop allows.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import Session

from mainspring.accounts import limits
from mainspring.accounts.entering import must_prove_address
from mainspring.accounts.models import Person, Provider
from mainspring.accounts.newcomers import Newcomer
from mainspring.core.links import way
from mainspring.core.outgoing import safe_session
from mainspring.core.sealing import seal, unseal
from mainspring.core.shop import Shop
from mainspring.events.origin import client_address
from mainspring.ui.context import surface_of
from mainspring.ui.pages import refuse


class Adapter(DefaultAccountAdapter):
    """Staff are invited; the mails of accounts are letters like any other."""

    _allowance: limits.Allowance | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What accounts mail, they mail themselves."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The events of accounts are told by our own letters."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The try is counted before the password is looked at."""
        self._allowance = limits.passwords(request, str(credentials.get("email", "")))
        self._allowance.take_or_refuse(request)

    def _rollback_login_failed_rl_usage(self) -> None:
        if self._allowance is not None:
            self._allowance.give_back()

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Who signed himself up comes in once he has shown that the address is his; the mailed code does both."""
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refusal is None and not user.has_proven_address:
            limits.mails(request, user.email).take_or_refuse(request)
            must_prove_address(request, user)
            return HttpResponseRedirect(reverse("mailed_code"))
        return refusal

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Customers to their tickets, the staff to the desk, by whichever door they came."""
        person = request.user
        return way("portal" if isinstance(person, Person) and person.is_customer else "dashboard")

    def set_password(self, user: Person, password: str) -> None:
        """By the mailed link: it shows that the address is his, too."""
        user.prove_address()
        user.change_password(password, by=user)


class SecondFactors(DefaultMFAAdapter):
    """Passkeys belong to the bare domain, so that what was made at the desk's host works at the portal's."""

    def encrypt(self, text: str) -> str:
        return seal(text, context="second factor").hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(bytes.fromhex(encrypted_text), context="second factor")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The events of accounts are told by our own letters."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {
            "id": _bare(settings.DOMAIN) or urlsplit(settings.BASE_URL).hostname or "localhost",
            "name": Shop.get().name,
        }


class OtherHouses(DefaultSocialAccountAdapter):
    """Signing in by Google, Microsoft, GitHub or another OpenID Connect provider, as the shop's settings have it."""

    def list_apps(self, request: HttpRequest, provider: str = "", client_id: str = "") -> list[SocialApp]:
        surface = surface_of(request or self.request)
        return [
            one.app()
            for one in Provider.objects.filter(is_on=True)
            if one.opens(surface) and (not provider or provider in (one.slug, one.app().provider))
        ]

    def get_requests_session(self) -> Session:
        return safe_session()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The events of accounts are told by our own letters."""

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("security")

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Never by itself: `pre_social_login` decides who a stranger's word stands for."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find out whose the identity is. Linked: his. Else its address counts, under three conditions: the other
        house has verified it, the shop trusts it with this domain, and somebody of ours has it.
        """
        self._check_tokens_agree(request, sociallogin)
        if sociallogin.state.get("process") == "connect":
            if not request.user.is_authenticated or not request.user.has_proven_address:
                raise ImmediateHttpResponse(refuse(request, _("Prove your mail address first."), status=403))
        elif not sociallogin.is_existing:
            person = self._vouched_for(sociallogin, surface_of(request))
            if person is None:
                raise ImmediateHttpResponse(self._stranger(request, sociallogin))
            person.prove_address()
            sociallogin.connect(request, person)

    def _vouched_for(self, sociallogin: SocialLogin, surface: str) -> Person | None:
        """Whom of this surface a verified address of a trusted domain belongs to."""
        provider = Provider.objects.filter(slug=sociallogin.account.provider).first()
        for address in sociallogin.email_addresses:
            if provider and address.verified is True and provider.vouches_for(address.email):
                found = Person.objects.filter(email=address.email.lower(), is_active=True).first()
                return found if found and found.is_customer == (surface == "portal") else None
        return None

    def _stranger(self, request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
        """Nobody is linked. The portal offers an account, alike whoever has the address; the desk does not."""
        provider = Provider.objects.get(slug=sociallogin.account.provider)
        addresses = sorted(sociallogin.email_addresses, key=lambda one: (one.verified, one.primary), reverse=True)
        if surface_of(request) != "portal" or not addresses:
            return nobody_linked(request)
        best = addresses[0]
        is_vouched = best.verified is True and provider.vouches_for(best.email)
        Newcomer.keep(request, sociallogin, email=best.email, house=provider.name, is_vouched=is_vouched)
        return HttpResponseRedirect(reverse("portal_sign_up"))

    def _check_tokens_agree(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """OpenID Connect Core, 5.3.2: what the userinfo endpoint says must be of the same subject as the ID token."""
        said = sociallogin.account.extra_data
        if "id_token" in said and "userinfo" in said and said["id_token"].get("sub") != said["userinfo"].get("sub"):
            raise ImmediateHttpResponse(refuse(request, _("The other house contradicts itself."), status=403))


def _bare(domain: str) -> str:
    """A domain without its port."""
    return domain.partition(":")[0]


def nobody_linked(request: HttpRequest) -> HttpResponse:
    """The same answer whether somebody has the address or not."""
    says = _(
        "Nobody here is linked with that account. Sign in the way you did until now, then link it under "
        "Your page, How you sign in."
    )
    return refuse(request, says, status=403)

"""The staff's doors into how people sign in: the rules, the other houses, everybody's second factors."""

import requests
from allauth.mfa.models import Authenticator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts import permissions
from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.accounts.factors import PASSKEY, Factors
from mainspring.accounts.forms import EntryRulesForm, ProviderForm
from mainspring.accounts.models import EntryRules, Person, Provider, Role
from mainspring.core.links import link
from mainspring.core.outgoing import safe_session
from mainspring.ui.pages import complain, page, refuse, see_other, toast

WELL_KNOWN = "/.well-known/openid-configuration"
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint")


@staff(permissions.ENTRY, methods=("GET", "POST"))
@fresh()
def rules(request: StaffRequest) -> HttpResponse:
    form = EntryRulesForm(request.POST if request.method == "POST" else None, instance=EntryRules.get())
    if request.method == "POST" and form.is_valid():
        EntryRules.get().change(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, reverse("entry_rules"))
    return page(
        request,
        "accounts/entry_rules.html",
        form=form,
        providers=list(Provider.objects.all()),
        status=422 if form.errors else 200,
    )


@staff(permissions.ENTRY, methods=("GET", "POST"))
@fresh()
def add_provider(request: StaffRequest) -> HttpResponse:
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        added = Provider.add(by=request.user, **form.cleaned_data)
        toast(request, _("Saved. Tell %(name)s the address to come back to.") % {"name": added.name})
        return see_other(request, reverse("provider", args=[added.pk]))
    return page(
        request, "accounts/provider.html", form=form, provider=None, back=[], status=422 if form.errors else 200
    )


@staff(permissions.ENTRY, methods=("GET", "POST"))
@fresh()
def provider(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Provider, pk=pk)
    form = ProviderForm(request.POST if request.method == "POST" else None, instance=Provider.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        found.change(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, reverse("entry_rules"))
    return page(
        request,
        "accounts/provider.html",
        form=form,
        provider=found,
        back=comes_back_to(found),
        status=422 if form.errors else 200,
    )


@staff(permissions.ENTRY, methods=("POST",))
@fresh()
def remove_provider(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Provider, pk=pk)
    found.remove(by=request.user)
    toast(request, _("%(name)s opens the door no more.") % {"name": found.name})
    return see_other(request, reverse("entry_rules"))


@staff(permissions.ENTRY, methods=("POST",))
def try_provider(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the other house what it offers, and say what is missing."""
    found = get_object_or_404(Provider, pk=pk)
    try:
        if found.speaks_oidc:
            with safe_session() as session:
                answer = session.get(found.server_url + WELL_KNOWN)
            answer.raise_for_status()
            said = answer.json()
            missing = [name for name in NEEDED if not said.get(name)]
        else:
            missing = []
    except (requests.RequestException, ValueError, AttributeError) as error:
        complain(request, _("It doesn't answer as it should: %(why)s") % {"why": str(error)[:200]})
    else:
        if missing:
            complain(request, _("Its answer lacks %(names)s.") % {"names": ", ".join(missing)})
        else:
            toast(request, _("It answers. Whether the client ID and the secret are right shows at the first sign-in."))
    return see_other(request, reverse("provider", args=[found.pk]))


@staff(permissions.FACTORS)
def factors(request: StaffRequest) -> HttpResponse:
    """Who has which second factor, and who needs one and has none."""
    kinds = Authenticator.Type
    people = Person.objects.working().annotate(
        apps=Count("authenticator", filter=Q(authenticator__type=kinds.TOTP)),
        passkeys=Count("authenticator", filter=Q(authenticator__type=PASSKEY)),
    )
    return page(request, "accounts/factors.html", people=list(people), needed=set(EntryRules.get().second_factor_roles))


@staff(permissions.FACTORS, methods=("POST",))
@fresh()
def reset_factors(request: StaffRequest, pk: int) -> HttpResponse:
    """For who has lost his phone. An owner's are reset by an owner only."""
    found = get_object_or_404(Person, pk=pk)
    if found.pk == request.user.pk:
        return refuse(request, _("Nobody resets his own factors; ask a colleague."), status=422)
    if found.role == Role.OWNER and request.user.role != Role.OWNER:
        return refuse(request, _("Only an owner resets the factors of an owner."), status=403)
    Factors(found).reset(by=request.user)
    toast(request, _("%(name)s signs in with the password alone now, and was told by mail.") % {"name": found.name})
    return see_other(request, reverse("people_factors"))


def comes_back_to(provider: Provider) -> list[str]:
    """The addresses that the other house must know: of each surface it opens."""
    opened = [at for at, is_opened in (("psa", provider.on_desk), ("portal", provider.on_portal)) if is_opened]
    if provider.speaks_oidc:
        return [link("openid_connect_callback", provider.slug, at=at) for at in opened]
    else:
        return [link("github_callback", at=at) for at in opened]

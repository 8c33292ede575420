"""How somebody signs in: his own page about password, address, factors, linked houses and sessions."""

import segno
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts import letters, limits
from mainspring.accounts.doors import StaffRequest, entered, fresh, go_on, kept_way, wants_factor
from mainspring.accounts.entering import owes_factor, pays_factor, proved
from mainspring.accounts.entry import other_house
from mainspring.accounts.events import LINK_REMOVED
from mainspring.accounts.factors import Factors, new_app_secret
from mainspring.accounts.forms import NONSENSE, AddressForm, CodeForm, PasskeyForm, PasswordForm, ProofForm
from mainspring.accounts.models import EntryRules, MailedKey, Provider, Sitting
from mainspring.accounts.models.keys import new_handle
from mainspring.core.sealing import Broken, seal, unseal
from mainspring.core.shop import Shop
from mainspring.events.models import record
from mainspring.ui.context import surface_of
from mainspring.ui.forms import JSONField
from mainspring.ui.pages import complain, page, refuse, see_other, toast

APP_KEPT = "app_secret"


@entered()
def security(request: StaffRequest) -> HttpResponse:
    return _security(request)


@entered(methods=("POST",))
@fresh()
def change_password(request: StaffRequest) -> HttpResponse:
    form = PasswordForm(request.POST, person=request.user)
    if not form.is_valid():
        return _security(request, password=form)
    request.user.change_password(form.cleaned_data["new"], by=request.user)
    before = request.session.session_key
    update_session_auth_hash(request, request.user)
    Sitting.objects.filter(session_key=before).update(session_key=request.session.session_key)
    Sitting.end_all(request.user, by=request.user, but=request.session.session_key or "")
    return _done(request, _("The new password is set; your other sessions have ended."))


@entered(methods=("POST",))
@fresh()
def ask_address(request: StaffRequest) -> HttpResponse:
    """The new address gets a link, the old one a notice. Whether somebody has the new one already is not said here."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _security(request, address=form)
    email = form.cleaned_data["email"].lower()
    limits.mails(request, email).take_or_refuse(request)
    with transaction.atomic():
        request.user.mailed_keys.filter(purpose="new_address", used_at=None).delete()
        _key, _code, token = MailedKey.objects.make("new_address", email, person=request.user, handle=new_handle())
        request.user.ask_for_address(email, by=request.user)
        letters.post(
            letters.NEW_ADDRESS, request.user, {"link": request.user.link("prove_address", token)}, email=email
        )
    return _done(request, _("A mail with a link is on its way to %(email)s.") % {"email": email})


@entered(methods=("GET", "POST"), while_setting_up=True)
def prove_address(request: StaffRequest, token: str) -> HttpResponse:
    """The link of the mail, opened by whoever asked for it: by nobody else, and not after he set a new password."""
    key = MailedKey.objects.by_token("new_address", token)
    if key is None or key.person_id != request.user.pk:
        return refuse(request, _("This link was used already, is too old, or is of somebody else."), status=404)
    if request.method == "GET":
        return page(request, "accounts/prove_address.html", email=key.email, token=token)
    try:
        with transaction.atomic():
            if key.use():
                request.user.change_address(key.email, by=request.user)
    except ValidationError as error:
        return refuse(request, str(error.messages[0]), status=422)
    return _done(request, _("You sign in with %(email)s from now on.") % {"email": key.email})


@entered(while_setting_up=True)
def second_factor(request: StaffRequest) -> HttpResponse:
    """Where who needs a second factor and has none is led: choose one."""
    if not owes_factor(request):
        return see_other(request, reverse("security"))
    return page(request, "accounts/second_factor.html")


@entered(methods=("GET", "POST"), while_setting_up=True)
@fresh(methods=("GET", "POST"))
def add_app(request: StaffRequest) -> HttpResponse:
    """Scan the QR code, type what the app shows. The secret waits sealed in the session until then."""
    if not request.user.has_proven_address:
        return refuse(request, _("Prove your mail address first."), status=403)
    form = CodeForm(request.POST or None)
    secret = _waiting_secret(request)
    if request.method == "POST" and form.is_valid():
        limits.codes(request, request.user.email).take_or_refuse(request)
        code = "".join(form.cleaned_data["code"].split())
        factors = Factors(request.user)
        if factors.add_app(secret, code, by=request.user):
            request.session.pop(APP_KEPT, None)
            return _added(request, factors)
        form.add_error("code", _("That isn't what the app should show now. Is the phone's clock right?"))
    way = get_mfa_adapter().build_totp_url(request.user, secret)
    return page(
        request,
        "accounts/add_app.html",
        form=form,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        way=way,
        picture=segno.make(way, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff"),
        status=422 if form.errors else 200,
    )


@entered(methods=("POST",))
@fresh()
def remove_app(request: StaffRequest) -> HttpResponse:
    factors = Factors(request.user)
    if factors.app and not factors.passkeys and _must_keep_one(request):
        return _last_one(request)
    factors.remove_app(by=request.user)
    return _done(request, _("The app is removed."))


@entered(methods=("GET", "POST"), while_setting_up=True)
@fresh(methods=("GET", "POST"))
def add_passkey(request: StaffRequest) -> HttpResponse:
    """The browser makes the passkey; we keep its public half."""
    if not request.user.has_proven_address:
        return refuse(request, _("Prove your mail address first."), status=403)
    form = PasskeyForm(request.POST or None, initial={"name": _("My passkey")})
    if request.method == "POST" and form.is_valid():
        try:
            credential = form.cleaned_data["credential"]
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (ValidationError, *NONSENSE):
            form.add_error(None, _("The browser's answer can't be used. Try again."))
        else:
            factors = Factors(request.user)
            factors.add_passkey(form.cleaned_data["name"], credential, by=request.user)
            return _added(request, factors)
    options = webauthn.begin_registration(request.user, True)
    return page(request, "accounts/add_passkey.html", form=form, options=options, status=422 if form.errors else 200)


@entered(methods=("POST",))
@fresh()
def remove_passkey(request: StaffRequest, pk: int) -> HttpResponse:
    factors = Factors(request.user)
    if not any(one.pk == pk for one in factors.passkeys):
        raise Http404
    if len(factors.passkeys) == 1 and not factors.app and _must_keep_one(request):
        return _last_one(request)
    factors.remove_passkey(pk, by=request.user)
    return _done(request, _("The passkey is removed."))


@entered(methods=("POST",))
@fresh()
def make_codes(request: StaffRequest) -> HttpResponse:
    """New recovery codes, shown on this answer and never again."""
    factors = Factors(request.user)
    if not factors:
        return refuse(request, _("Recovery codes stand in for an app or a passkey. Add one first."), status=422)
    return _codes(request, factors.make_codes(by=request.user))


@entered(methods=("POST",))
def end_sitting(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(Sitting, pk=pk, person=request.user).end(by=request.user)
    return _done(request, _("That browser is signed out."))


@entered(methods=("POST",))
def end_sittings(request: StaffRequest) -> HttpResponse:
    Sitting.end_all(request.user, by=request.user, but=request.session.session_key or "")
    return _done(request, _("You are signed out everywhere else."))


@entered(methods=("POST",))
@fresh()
@other_house
def link_house(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Link the account at another house, so that it opens this one."""
    if not request.user.has_proven_address:
        return refuse(request, _("Prove your mail address first."), status=403)
    provider = get_adapter(request).get_provider(request, slug)
    return provider.redirect(request, process="connect", next_url=reverse("security"))


@entered(methods=("POST",))
@fresh()
def unlink_house(request: StaffRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(SocialAccount, pk=pk, user=request.user)
    with transaction.atomic():
        name = Provider.objects.filter(slug=account.provider).values_list("name", flat=True).first()
        record(LINK_REMOVED, request.user, by=request.user, data={"provider": name or account.provider})
        account.delete()
    return _done(request, _("The link is removed."))


@entered(methods=("GET", "POST"), while_setting_up=True)
def prove(request: StaffRequest) -> HttpResponseBase:
    """Show once more who you are; then what you asked for is done, as it was posted."""
    factors = Factors(request.user)
    is_passkey = "credential" in request.POST
    form = ProofForm(
        request.POST if request.method == "POST" and not is_passkey else None,
        person=request.user,
        factors=factors,
        by_factor=bool(factors) and wants_factor(request),
    )
    if request.method == "POST" and (_passkey_proves(request) if is_passkey else form.is_valid()):
        proved(request, by_factor=is_passkey or bool(form.cleaned_data.get("code")))
        return go_on(request)
    if is_passkey:
        complain(request, _("The browser's answer can't be used. Try again."))
    return page(
        request,
        "accounts/prove.html",
        form=form,
        options=webauthn.begin_authentication(request.user) if factors.passkeys else None,
        way=kept_way(request),
        status=422 if form.errors or is_passkey else 200,
    )


def _passkey_proves(request: StaffRequest) -> bool:
    try:
        credential = JSONField().clean(request.POST["credential"])
        webauthn.parse_authentication_response(credential)
        webauthn.complete_authentication(request.user, credential)
    except (ValidationError, *NONSENSE):
        return False
    return True


def _security(
    request: StaffRequest, *, password: PasswordForm | None = None, address: AddressForm | None = None
) -> HttpResponse:
    person = request.user
    linked = list(SocialAccount.objects.filter(user=person))
    houses = [one for one in Provider.objects.filter(is_on=True) if one.opens(surface_of(request))]
    names = {one.slug: one.name for one in houses}
    wrong = bool((password and password.errors) or (address and address.errors))
    return page(
        request,
        "accounts/security.html",
        password=password or PasswordForm(None, person=person),
        address=address or AddressForm(),
        waiting=person.mailed_keys.filter(purpose="new_address", used_at=None).values_list("email", flat=True).first(),
        factors=Factors(person),
        is_asked=EntryRules.get().ask_second_factor_of(person.role),
        links=[(one.pk, names.get(one.provider, one.provider), one.date_joined) for one in linked],
        houses=[one for one in houses if one.slug not in {each.provider for each in linked}],
        sittings=list(person.sittings.alive().order_by("-seen_at")[:50]),
        here=request.session.session_key,
        status=422 if wrong else 200,
    )


def _waiting_secret(request: StaffRequest) -> str:
    place = f"waiting secret of person {request.user.pk}"
    try:
        return unseal(bytes.fromhex(request.session[APP_KEPT]), context=place)
    except (KeyError, ValueError, Broken):
        secret = new_app_secret()
        request.session[APP_KEPT] = seal(secret, context=place).hex()
        return secret


def _added(request: StaffRequest, factors: Factors) -> HttpResponse:
    """A factor is there. With the first one come recovery codes."""
    pays_factor(request)
    if factors.codes_left:
        return _done(request, _("It is set up."))
    return _codes(request, factors.make_codes(by=request.user))


def _codes(request: StaffRequest, codes: list[str]) -> HttpResponse:
    text = "\r\n".join([f"{Shop.get().name}: {request.user.email}", "", *codes, ""])
    return page(request, "accounts/codes.html", codes=codes, text=text)


def _must_keep_one(request: StaffRequest) -> bool:
    return EntryRules.get().ask_second_factor_of(request.user.role)


def _last_one(request: StaffRequest) -> HttpResponse:
    return refuse(request, _("Your role needs a second factor. Add another one first."), status=422)


def _done(request: StaffRequest, text: str) -> HttpResponse:
    toast(request, text)
    return see_other(request, reverse("security"))

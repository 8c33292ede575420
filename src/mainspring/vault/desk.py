"""The staff's doors into the vault."""

import time
from typing import Any
from urllib.parse import quote

from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from mainspring.accounts.doors import StaffRequest, keep_post, staff
from mainspring.accounts.entering import is_fresh
from mainspring.accounts.factors import Factors
from mainspring.core.keyring import NoKey, is_by_file, keyring, place
from mainspring.core.links import link
from mainspring.core.sealing import Broken
from mainspring.crm.models import Business, Contact, Device
from mainspring.events.models import Event, reference
from mainspring.files.serving import guarded
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import form_page, fragment, is_fragment, is_htmx, page, refuse, see_other, toast
from mainspring.vault import letters, permissions
from mainspring.vault.contents import Contents
from mainspring.vault.events import CREDENTIAL_COPIED, CREDENTIAL_SHOWN
from mainspring.vault.forms import CredentialForm, HandInForm, LookForm, RulesForm, ShareForm
from mainspring.vault.models import Credential, HandIn, Kind, Share, VaultRules
from mainspring.vault.models.locked import Home
from mainspring.vault.reading import CredentialList, Row, address_of, needed_for, number_of
from mainspring.vault.rotation import by_key
from mainspring.vault.tasks import rotate_keys
from mainspring.vault.totp import Seed
from mainspring.vault.wifi import wifi_picture

STORY = 50
SHOWN = 200
CHANGED_OUTSIDE = "It was changed outside the vault and can't be opened."


@staff(permissions.VIEW)
def due(request: StaffRequest) -> HttpResponse:
    """What should be changed, now that the work is done."""
    found = Credential.objects.visible_to(request.user).due().defer("facts", "secrets", "file")
    near = found.select_related("ticket", "business", "contact", "device__kind")[:SHOWN]
    rows = [(one, address_of(one.home)) for one in near]
    return page(request, "vault/due.html", rows=rows, may_edit=request.user.may(permissions.EDIT))


@staff(permissions.VIEW)
def credential(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


@staff(permissions.KEEP, methods=("GET", "POST"))
@sensitive_post_parameters()
@sensitive_variables()
def add_credential(request: StaffRequest, at: str, number: int) -> HttpResponse:
    home = find_home(request, at, number)
    form = CredentialForm(request.POST or None, request.FILES or None, kind=request.GET.get("kind", ""))

    def keep() -> Credential:
        roles, people = form.seats
        given = form.cleaned_data
        return Credential.objects.keep(
            home,
            form.contents,
            kind=given["kind"],
            name=given["name"],
            by=request.user,
            roles=roles,
            people=people,
        )

    return _kept(request, form, home, keep=keep, heading=_("New credential of %(name)s") % {"name": home})


@staff(permissions.EDIT, methods=("GET", "POST"))
@sensitive_post_parameters()
@sensitive_variables()
def edit_credential(request: StaffRequest, pk: int) -> HttpResponse:
    """What is secret is not shown here: what is left empty stays."""
    known = _found(request, pk)
    try:
        facts = known.see_facts()
    except (NoKey, Broken) as error:
        return _cannot_open(request, error)
    form = CredentialForm(request.POST or None, request.FILES or None, known=known, facts=facts)

    def keep() -> Credential:
        given = form.cleaned_data
        known.amend(by=request.user, kind=given["kind"], name=given["name"], **form.changes)
        known.limit(*form.seats, by=request.user)
        return known

    return _kept(request, form, known.home, keep=keep, heading=known.name)


@staff(permissions.REVEAL, methods=("POST",))
@sensitive_variables()
def reveal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A part of it in clear: shown on the page, or (`way=copy`) handed to the script that copies it."""
    found, rules = _found(request, pk), VaultRules.get()
    form = LookForm(request.POST, rules=rules)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    is_copy, part = request.POST.get("way") == "copy", form.cleaned_data["part"]
    ticket = needed_for(request.user, found, form.cleaned_data["ticket"])
    if (proof := _first_prove(request, rules)) is not None:
        return proof
    elif is_copy and not is_htmx(request):
        toast(request, _("That's you. Copy it now."))
        return see_other(request, address_of(ticket or found.home))
    try:
        if not _holds(found, part):
            return refuse(request, _("There is nothing of that kind in it."), status=422)
        kind = CREDENTIAL_COPIED if is_copy else CREDENTIAL_SHOWN
        opened = found.look(part, by=request.user, reason=form.cleaned_data["reason"], kind=kind, ticket=ticket)
    except Credential.DoesNotExist:
        raise Http404 from None
    except (NoKey, Broken, DatabaseError) as error:
        return _cannot_open(request, error)
    if is_copy:
        return HttpResponse(_copied(opened, part), content_type="text/plain; charset=utf-8")
    elif part == "file":
        return _download(opened)
    shown = {"part": part, "hide_after": rules.hide_after, **_shown(opened, part, rules.hide_after)}
    if is_fragment(request):
        return fragment(request, "vault/_revealed.html", **shown)
    return _page(request, found, shown=shown)


@staff(permissions.EDIT, methods=("POST",))
def remove_credential(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    found.remove(by=request.user)
    undo = reverse("put_back_credential", args=[found.pk])
    toast(request, _("Removed: %(name)s.") % {"name": found.name}, undo_url=undo)
    return see_other(request, address_of(found.home))


@staff(permissions.EDIT, methods=("POST",))
def put_back_credential(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Credential.objects.visible_to(request.user), pk=pk)
    if found.put_back(by=request.user) or found.removed_at is None:
        return see_other(request, address_of(found.home))
    return refuse(request, _("It was wiped in the meantime."), status=409)


@staff(permissions.EDIT, methods=("POST",))
def settle_credential(request: StaffRequest, pk: int) -> HttpResponse:
    """It need not be changed."""
    found = _found(request, pk)
    found.settle(by=request.user)
    toast(request, _("%(name)s stays as it is.") % {"name": found.name})
    return see_other(request, reverse("credentials_due"))


@staff(permissions.REVEAL, methods=("GET", "POST"))
@sensitive_variables()
def share_credential(request: StaffRequest, pk: int) -> HttpResponse:
    """A link that shows it to the customer, once. Link and code are shown on this answer and never again."""
    found, reader = _found(request, pk), _reader_of(_found(request, pk).home)
    form = ShareForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        told = {"form": form, "credential": found, "reader": reader, "shares": _open_shares(found)}
        return page(request, "vault/share.html", status=422 if request.method == "POST" else 200, **told)
    elif (proof := _first_prove(request, VaultRules.get())) is not None:
        return proof
    given = form.cleaned_data
    try:
        share, code = Share.objects.make(
            found, by=request.user, reason=given["reason"], lasts=given["lasts"], with_notes=given["with_notes"]
        )
    except Credential.DoesNotExist:
        raise Http404 from None
    except (NoKey, Broken, DatabaseError) as error:
        return _cannot_open(request, error)
    bare, is_mailed = link("open_share", share.handle), bool(given["mailed"] and reader and reader.email)
    if is_mailed and reader is not None:
        letters.send(letters.SHARED, reader, key=share.handle, link=bare)
    return page(
        request,
        "vault/shared.html",
        credential=found,
        share=share,
        bare=bare,
        code=code,
        whole=f"{bare}#{code}",
        reader=reader,
        is_mailed=is_mailed,
    )


@staff(permissions.REVEAL, methods=("POST",))
def end_share(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Credential.objects.visible_to(request.user).values("pk")
    share = get_object_or_404(Share.objects.filter(credential__in=seen).select_related("credential"), pk=pk)
    share.end(by=request.user)
    toast(request, _("The link shows nothing any more."))
    return see_other(request, reverse("credential", args=[share.credential_id]))


@staff(permissions.KEEP, methods=("GET", "POST"))
def ask_for_credential(request: StaffRequest, at: str, number: int) -> HttpResponse:
    """A link by which the customer hands it in. It is shown on this answer and never again."""
    home = find_home(request, at, number)
    reader, form = _reader_of(home), HandInForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        told = {"form": form, "home": home, "reader": reader, "back": address_of(home)}
        return page(request, "vault/ask.html", status=422 if request.method == "POST" else 200, **told)
    given = form.cleaned_data
    asked, token = HandIn.objects.make(
        home, kind=given["kind"], name=given["name"], says=given["says"], contact=reader, by=request.user
    )
    whole, is_mailed = link("hand_in", token), bool(given["mailed"] and reader and reader.email)
    if is_mailed and reader is not None:
        letters.send(letters.ASKED, reader, key=str(asked.pk), link=whole, what=asked.name, says=asked.says)
    return page(
        request, "vault/asked.html", asked=asked, whole=whole, reader=reader, is_mailed=is_mailed, back=address_of(home)
    )


@staff(permissions.KEEP, methods=("POST",))
def end_asking(request: StaffRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(HandIn, pk=pk)
    find_home(request, asked.home_kind, number_of(asked.home))
    asked.end(by=request.user)
    toast(request, _("The link works no more."))
    return see_other(request, address_of(asked.home))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def rules(request: StaffRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, instance=VaultRules.get())
    return form_page(
        request,
        "vault/rules.html",
        form,
        keep=lambda: VaultRules.get().amend(by=request.user, **form.cleaned_data),
        to=reverse("vault_rules"),
        **_keys(),
    )


@staff(permissions.SETTINGS, methods=("POST",))
def rotate(request: StaffRequest) -> HttpResponse:
    """A new master key for everything, in the background."""
    if not is_by_file():
        says = _("The keys come from %(place)s: put a new line behind the others there, then it is taken.")
        return refuse(request, says % {"place": place()}, status=409)
    rotate_keys.enqueue()
    toast(request, _("The vault gets a new master key. This page says when all is under it."))
    return see_other(request, reverse("vault_rules"))


def find_home(request: StaffRequest, at: str, number: int) -> Home:
    """The ticket (by its number), business, contact or device; 404 for what there is not, or may not be seen."""
    if at == "ticket":
        return get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    elif at == "business":
        return get_object_or_404(Business, pk=number)
    elif at == "contact":
        return get_object_or_404(Contact.objects.standing(), pk=number)
    elif at == "device":
        return get_object_or_404(Device.objects.select_related("kind"), pk=number)
    else:
        raise Http404


def _first_prove(request: StaffRequest, rules: VaultRules) -> HttpResponse | None:
    """The way to the proof that the shop wants before a look; None when it was given within the last minutes."""
    if not rules.asks_proof or is_fresh(request, by_factor=rules.asks_factor):
        return None
    elif rules.asks_factor and not Factors(request.user):
        says = _("The vault wants a second factor. Set one up first, under Your page, How you sign in.")
        return refuse(request, says, status=403)
    keep_post(request, by_factor=rules.asks_factor)
    return see_other(request, reverse("prove"))


def _found(request: StaffRequest, pk: int) -> Credential:
    seen = Credential.objects.visible_to(request.user).standing()
    return get_object_or_404(seen.select_related("ticket", "business", "contact", "device__kind"), pk=pk)


def _page(request: StaffRequest, found: Credential, *, shown: dict[str, Any] | None = None) -> HttpResponse:
    try:
        row = Row(found, found.see_facts())
    except NoKey as error:
        row = Row(found, None, str(error))
    except Broken:
        row = Row(found, None, _(CHANGED_OUTSIDE))
    story = Event.objects.filter(subject=reference(found)).latest_first()[:STORY]
    return page(
        request,
        "vault/credential.html",
        row=row,
        vault=CredentialList(found.home, request.user),
        seats=list(found.seats.select_related("person")),
        story=list(story),
        shares=_open_shares(found),
        back=address_of(found.home),
        shown=shown,
    )


def _kept(request: StaffRequest, form: CredentialForm, home: Home, *, keep: Any, heading: str) -> HttpResponse:
    back = address_of(home)
    try:
        return form_page(request, "vault/form.html", form, keep=keep, to=back, heading=heading, back=back)
    except (NoKey, Broken) as error:
        return _cannot_open(request, error)


def _cannot_open(request: StaffRequest, error: Exception) -> HttpResponse:
    """Why nothing is shown, or kept, in plain words."""
    if isinstance(error, NoKey):
        return refuse(request, str(error), status=503)
    elif isinstance(error, Broken):
        return refuse(request, _(CHANGED_OUTSIDE), status=409)
    else:
        return refuse(request, _("The look could not be written down, so nothing is shown. Try again."), status=503)


def _holds(found: Credential, part: str) -> bool:
    facts = found.see_facts()
    return part in facts.holds or (part == "wifi" and found.kind == Kind.WIFI and bool(facts.user))


@sensitive_variables()
def _shown(opened: Contents, part: str, seconds: int) -> dict[str, Any]:
    """What the page shows of a part."""
    if part == "totp":
        return {"codes": Seed.read(opened.totp).codes(int(time.time()), seconds=seconds)}
    elif part == "wifi":
        return {"picture": wifi_picture(opened.user, opened.secret), "name": opened.user}
    else:
        return {"text": getattr(opened, part)}


@sensitive_variables()
def _copied(opened: Contents, part: str) -> str:
    if part == "totp":
        return Seed.read(opened.totp).at(int(time.time()))
    return opened.notes if part == "notes" else opened.secret


@sensitive_variables()
def _download(opened: Contents) -> HttpResponse:
    response = HttpResponse(opened.file, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(opened.file_name, safe='')}"
    guarded(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _open_shares(found: Credential) -> list[Share]:
    return list(found.shares.filter(pk__in=Share.objects.open_ones()).select_related("made_by").order_by("-id"))


def _reader_of(home: Home) -> Contact | None:
    """The customer to whom a link can be mailed."""
    if isinstance(home, Contact):
        return home
    elif isinstance(home, Ticket):
        return home.contact
    elif isinstance(home, Device):
        return home.owner
    else:
        return None


def _keys() -> dict[str, Any]:
    counts = by_key()
    try:
        known = keyring()
    except NoKey as error:
        return {"keys": [], "why": str(error), "by_file": is_by_file(), "left": 0}
    keys = [(key_id, counts[key_id], key_id == known.current.id) for key_id in reversed(known.ids)]
    left = sum(count for key_id, count in counts.items() if key_id != known.current.id)
    return {"keys": keys, "why": "", "by_file": is_by_file(), "left": left}

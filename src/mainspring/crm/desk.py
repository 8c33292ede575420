"""The staff's doors into the customer files: contacts, businesses, devices."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.asked import row_key
from mainspring.crm import permissions
from mainspring.crm.forms import BusinessForm, ContactForm, DeviceForm, KeptForm
from mainspring.crm.listing import NameList
from mainspring.crm.models import Account, Business, Contact, Device, Joining, Sight
from mainspring.crm.slots import business_panels, contact_panels, device_panels
from mainspring.events.amended import Amended
from mainspring.events.models import Event, reference
from mainspring.ui.pages import form_page, fragment, is_fragment, page, refuse, see_other, toast

DEVICES_SHOWN = 50
STORY = 12


@staff(permissions.VIEW)
def contacts(request: StaffRequest) -> HttpResponse:
    wanted = NameList.read(request.GET)
    rows, older = wanted.contacts()
    return _list(request, "contacts", wanted=wanted, rows=rows, older=older)


@staff(permissions.VIEW)
def businesses(request: StaffRequest) -> HttpResponse:
    wanted = NameList.read(request.GET)
    rows, older = wanted.businesses()
    return _list(request, "businesses", wanted=wanted, rows=rows, older=older)


@staff(permissions.EDIT, methods=("POST",))
def invite_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """To the portal, by a mail with a link."""
    found = get_object_or_404(Contact.objects.standing(), pk=pk)
    if not found.email:
        return refuse(request, _("There is no mail address to invite."), status=409)
    Joining.invite(found, by=request.user)
    toast(request, _("The invitation is on its way to %(address)s.") % {"address": found.email})
    return see_other(request, reverse("contact", args=[pk]))


@staff(permissions.EDIT, methods=("POST",))
def end_access(request: StaffRequest, pk: int) -> HttpResponse:
    """He sees this contact's things in the portal no more."""
    found = get_object_or_404(Contact, pk=pk)
    for account in Account.objects.filter(contact=found).select_related("person", "contact"):
        account.end(by=request.user)
    toast(request, _("%(name)s has no access to the portal any more.") % {"name": found.name})
    return see_other(request, reverse("contact", args=[pk]))


@staff(permissions.EDIT, methods=("POST",))
def set_sights(request: StaffRequest, pk: int) -> HttpResponse:
    """Who of a business may see everything of it, and who of them says who else does."""
    found = get_object_or_404(Business, pk=pk)
    sees, decides = set(request.POST.getlist("sees")), set(request.POST.getlist("decides"))
    with transaction.atomic():
        for one in Contact.objects.standing().filter(business=found):
            key = str(one.pk)
            see = one.let_see if key in sees | decides else one.let_see_no_more
            decide = one.let_decide if key in decides else one.let_decide_no_more
            see(found, by=request.user)
            decide(found, by=request.user)
    toast(request, _("Saved."))
    return see_other(request, reverse("business", args=[pk]))


@staff(permissions.VIEW)
def devices(request: StaffRequest) -> HttpResponse:
    wanted = NameList.read(request.GET)
    rows, older = wanted.devices()
    return _list(request, "devices_list", wanted=wanted, rows=rows, older=older)


@staff(permissions.VIEW)
def business_options(request: StaffRequest) -> HttpResponse:
    """The businesses that fit what is typed."""
    words = NameList.read(request.GET).words
    found = Business.objects.matching(words).order_by("name")[:8] if words else []
    return fragment(request, "crm/_business_options.html", businesses=list(found))


@staff(permissions.VIEW)
def contact(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.select_related("business"), pk=pk)
    if found.merged_into_id:
        return see_other(request, reverse("contact", args=[found.merged_into_id]))
    return page(
        request,
        "crm/contact.html",
        contact=found,
        language=dict(settings.LANGUAGES).get(found.speaks, found.speaks),
        **_story(found),
        may_merge=request.user.may(permissions.MERGE),
        accounts=list(Account.objects.filter(contact=found).select_related("person")),
        devices=list(Device.objects.filter(owner=found).select_related("kind")[:DEVICES_SHOWN]),
        panels=contact_panels.fill(found, request.user),
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.VIEW)
def business(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Business, pk=pk)
    return page(
        request,
        "crm/business.html",
        business=found,
        language=dict(settings.LANGUAGES).get(found.language, _("Like the shop")),
        **_story(found),
        contacts=list(Contact.objects.standing().filter(business=found).order_by("name")[:DEVICES_SHOWN]),
        sees=dict(Sight.objects.filter(business=found).values_list("contact", "decides")),
        devices=list(Device.objects.filter(business=found).select_related("kind", "owner")[:DEVICES_SHOWN]),
        panels=business_panels.fill(found, request.user),
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.VIEW)
def device(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Device.objects.select_related("kind", "owner", "business"), pk=pk)
    return page(
        request,
        "crm/device.html",
        device=found,
        **_story(found),
        panels=device_panels.fill(found, request.user),
        may_edit=request.user.may(permissions.EDIT),
    )


@staff(permissions.EDIT, methods=("GET", "POST"))
def add_contact(request: StaffRequest) -> HttpResponse:
    at = Business.objects.filter(pk=row_key(request.GET.get("business"))).first()
    form = ContactForm(request.POST or None, initial={"business": at})
    return _form(request, form, _("New contact"), "contact", back=reverse("contacts"))


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_contact(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.standing(), pk=pk)
    return _form(request, ContactForm(request.POST or None, instance=found), found.name, "contact")


@staff(permissions.EDIT, methods=("POST",))
def resume_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """The address is right after all: mail goes to it again."""
    found = get_object_or_404(Contact.objects.standing(), pk=pk)
    found.amend(by=request.user, mail_paused=False)
    toast(request, _("Mail goes to %(name)s again.") % {"name": found.name})
    return see_other(request, reverse("contact", args=[found.pk]))


@staff(permissions.MERGE, methods=("GET", "POST"))
def merge_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """This contact turned out to be another: say whom (`into`), see what will be his, and merge."""
    found = get_object_or_404(Contact.objects.standing().select_related("business"), pk=pk)
    others = Contact.objects.standing().exclude(pk=pk).select_related("business")
    told = request.POST if request.method == "POST" else request.GET
    kept = others.filter(pk=row_key(told.get("into"))).first()
    if request.method == "POST" and kept is not None:
        found.merge_into(kept, by=request.user)
        toast(request, _("%(name)s is %(kept)s now.") % {"name": found.name, "kept": kept.name})
        return see_other(request, reverse("contact", args=[kept.pk]))
    return page(
        request,
        "crm/merge.html",
        status=422 if request.method == "POST" else 200,
        contact=found,
        kept=kept,
        alike=list(found.look_alikes().select_related("business")[:10]),
        gains=[(_label(name), getattr(found, name)) for name in found.given_to(kept)] if kept else [],
        device_count=Device.objects.filter(owner=found).count(),
    )


@staff(permissions.VIEW)
def contact_options(request: StaffRequest) -> HttpResponse:
    """The contacts that fit what is typed."""
    words = NameList.read(request.GET).words
    found = Contact.objects.standing().matching(words).select_related("business").order_by("name")[:8] if words else []
    return fragment(request, "crm/_contact_options.html", contacts=list(found))


@staff(permissions.EDIT, methods=("GET", "POST"))
def add_business(request: StaffRequest) -> HttpResponse:
    return _form(request, BusinessForm(request.POST or None), _("New business"), "business", back=reverse("businesses"))


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_business(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Business, pk=pk)
    return _form(request, BusinessForm(request.POST or None, instance=found), found.name, "business")


@staff(permissions.EDIT, methods=("GET", "POST"))
def add_device(request: StaffRequest, pk: int) -> HttpResponse:
    owner = get_object_or_404(Contact.objects.standing().select_related("business"), pk=pk)
    form = DeviceForm(request.POST or None)
    return _form(
        request,
        form,
        _("New device of %(name)s") % {"name": owner.name},
        "device",
        back=reverse("contact", args=[owner.pk]),
        owner=owner,
        business=owner.business,
    )


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_device(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Device.objects.select_related("kind"), pk=pk)
    return _form(request, DeviceForm(request.POST or None, instance=found), str(found), "device")


def _list(request: StaffRequest, kind: str, **context: Any) -> HttpResponse:
    """The page of a list (`crm/contacts.html`), or for htmx its rows alone (`crm/_contacts.html`)."""
    may_edit = request.user.may(permissions.EDIT)
    if is_fragment(request):
        return fragment(request, f"crm/_{kind}.html", may_edit=may_edit, **context)
    else:
        return page(request, f"crm/{kind}.html", may_edit=may_edit, **context)


def _form(
    request: StaffRequest, form: KeptForm, heading: str, route: str, *, back: str = "", **more: Any
) -> HttpResponse:
    """Add or change one row by its form; then to its page (`route`). `more` are columns the form does not ask for."""
    pk = form.instance.pk

    def keep() -> int:
        if pk:
            form.amend(by=request.user, **more)
            return int(pk)
        else:
            return int(form.add(by=request.user, **more).pk)

    return form_page(
        request,
        "crm/form.html",
        form,
        keep=keep,
        to=lambda kept: reverse(route, args=[kept]),
        heading=heading,
        back=back or reverse(route, args=[pk]),
    )


def _story(row: Amended) -> dict[str, Any]:
    """What was changed on it, the latest first, and what its columns are called."""
    told = Event.objects.filter(subject=reference(row)).latest_first()[:STORY]
    labels = {field.name: getattr(field, "verbose_name", field.name) for field in row._meta.get_fields()}
    return {"story": list(told), "labels": labels}


def _label(column: str) -> str:
    field: Any = Contact._meta.get_field(column)
    return str(field.verbose_name)

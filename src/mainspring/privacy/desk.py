"""The staff's doors into a person's data: handing it out, erasing it, and what is kept for how long."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.billing.models import Invoice
from mainspring.crm.models import Contact
from mainspring.privacy import permissions
from mainspring.privacy.footprint import Footprint
from mainspring.privacy.forms import EraseForm, RetentionForm
from mainspring.privacy.handing import hand_out
from mainspring.privacy.models import Consent, Erasure, Export, Keeping
from mainspring.privacy.retention import what_is_old
from mainspring.ui.pages import form_page, page, see_other, toast

SHOWN = 20


@staff(permissions.PERSONS)
def person_data(request: StaffRequest, pk: int) -> HttpResponse:
    """What there is of him, what he agreed to, the files made of it, and the way to erase him."""
    return _person(request, pk)


@staff(permissions.PERSONS, methods=("POST",))
@fresh()
def export_person(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.standing(), pk=pk)
    Export.objects.ask(found, by=request.user)
    toast(request, _("The file is being made; it appears here when it is ready."))
    return see_other(request, reverse("person_data", args=[pk]))


@staff(permissions.PERSONS, methods=("POST",))
@fresh()
def person_file(request: StaffRequest, pk: int, export: int) -> HttpResponseBase:
    """The file itself, while it is good. That it was taken is an event."""
    found = Export.objects.good().filter(contact__pk=pk, pk=export).exclude(name="").first()
    if found is None or not found.path.exists():
        raise Http404
    return hand_out(found, by=request.user)


@staff(permissions.PERSONS, methods=("POST",))
@fresh()
def erase_person(request: StaffRequest, pk: int) -> HttpResponse:
    """For good, once the name was typed."""
    found = get_object_or_404(Contact.objects.standing(), pk=pk)
    form = EraseForm(request.POST, contact=found)
    if not form.is_valid():
        return _person(request, pk, form=form, status=422)
    Erasure.objects.ask(found, by=request.user)
    toast(request, _("It is being erased. In a minute nothing is left but the papers that the law has you keep."))
    return see_other(request, reverse("person_data", args=[pk]))


@staff(permissions.KEEPING, methods=("GET", "POST"))
@fresh()
def retention(request: StaffRequest) -> HttpResponse:
    """What is kept for how long, with what would go tonight."""
    keeping = Keeping.get()
    form = RetentionForm(request.POST or None, instance=Keeping.get())
    return form_page(
        request,
        "privacy/retention.html",
        form,
        keep=lambda: keeping.amend(by=request.user, **form.cleaned_data),
        to=reverse("retention"),
        old=list(what_is_old(keeping)),
    )


def _person(request: StaffRequest, pk: int, *, form: EraseForm | None = None, status: int = 200) -> HttpResponse:
    found = get_object_or_404(Contact.objects.filter(merged_into=None), pk=pk)
    context: dict[str, Any] = {"contact": found, "erasure": Erasure.objects.filter(contact=found).first()}
    if found.erased_at is None:
        context |= {
            "form": form or EraseForm(contact=found),
            "counts": Footprint(found).counts(),
            "papers": Invoice.objects.filter(contact__in=found.he_and_merged()).count(),
            "exports": list(Export.objects.good().filter(contact=found).order_by("-id")[:SHOWN]),
            "consents": list(Consent.objects.filter(contact=found).order_by("-id")[:SHOWN]),
        }
    return page(request, "privacy/person.html", status=status, **context)

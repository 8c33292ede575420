"""The staff's doors into estimates."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.estimates import drafting, permissions, sending
from mainspring.estimates.answering import Unanswerable, withdraw
from mainspring.estimates.forms import DraftForm, LineForm, TermsForm
from mainspring.estimates.listing import EstimateList
from mainspring.estimates.models import Draft, DraftLine, Estimate, Terms
from mainspring.estimates.papers import pdf_of
from mainspring.tickets.desk import back_to, find
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import form_page, page, pdf_answer, refuse, see_other, toast


@staff(permissions.VIEW)
def estimates(request: StaffRequest) -> HttpResponse:
    """What stands in the URL: `q` words, `show` a state, `after` a place."""
    wanted = EstimateList.read(request.GET, request.user)
    found, older = wanted.page()
    return page(request, "estimates/estimates.html", wanted=wanted, found=found, older=older)


@staff(permissions.WRITE, methods=("POST",))
def keep_estimate(request: StaffRequest, number: int) -> HttpResponse:
    """Text, validity and deposit of the draft."""
    ticket = find(request, number)
    form = DraftForm(request.POST, instance=Draft.of(ticket))
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    drafting.keep(ticket, **form.cleaned_data)
    toast(request, _("Saved."))
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.WRITE, methods=("POST",))
def add_estimate_line(request: StaffRequest, number: int) -> HttpResponse:
    ticket, form = find(request, number), LineForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    drafting.add_lines(ticket, [form.wanted])
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.WRITE, methods=("POST",))
def remove_estimate_line(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    ticket = find(request, number)
    with transaction.atomic():
        drafting.locked(ticket)
        get_object_or_404(DraftLine, draft__ticket=ticket, pk=pk).delete()
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.WRITE, methods=("POST",))
def take_up_estimate(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """A sent one is written anew: its lines go to the draft."""
    ticket = find(request, number)
    try:
        sending.take_up(_sent(ticket, pk))
    except Unanswerable as error:
        return refuse(request, str(error), status=409)
    toast(request, _("Change it and send it: it replaces the one before."))
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.SEND, methods=("POST",))
def send_estimate(request: StaffRequest, number: int) -> HttpResponse:
    ticket = find(request, number)
    try:
        sent = sending.send(ticket, by=request.user)
    except Unanswerable as error:
        return refuse(request, str(error), status=422)
    toast(request, _("%(code)s is sent.") % {"code": sent.code})
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.SEND, methods=("POST",))
def withdraw_estimate(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    ticket = find(request, number)
    estimate = _sent(ticket, pk)
    try:
        withdraw(estimate, by=request.user)
    except Unanswerable as error:
        return refuse(request, str(error), status=409)
    toast(request, _("%(code)s is withdrawn.") % {"code": estimate.code})
    return see_other(request, back_to(ticket, "estimates"))


@staff(permissions.VIEW)
def estimate_pdf(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """The archived paper: the signed one once it is approved."""
    estimate = _sent(find(request, number), pk)
    return pdf_answer(pdf_of(estimate), estimate.code)


@staff(permissions.VIEW)
def estimate_drawing(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    """The signature as it was drawn."""
    answer = _sent(find(request, number), pk).answered
    if answer is None or not answer.signature:
        raise Http404
    return HttpResponse(bytes(answer.signature), content_type="image/png")


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def estimate_settings(request: StaffRequest) -> HttpResponse:
    form = TermsForm(request.POST if request.method == "POST" else None, instance=Terms.get())
    return form_page(
        request,
        "estimates/settings.html",
        form,
        keep=lambda: Terms.change(by=request.user, **form.columns),
        to=reverse("estimate_settings"),
    )


def _sent(ticket: Ticket, pk: int) -> Estimate:
    return get_object_or_404(Estimate.objects.select_related("ticket"), ticket=ticket, pk=pk)

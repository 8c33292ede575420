"""The staff's doors to the mailboxes: list, add, change, remove, try."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.sealing import Broken
from mainspring.inbox import permissions
from mainspring.inbox.connecting import Trial, attempt, explained
from mainspring.inbox.forms import MailboxForm
from mainspring.inbox.models import Mailbox
from mainspring.ui.pages import fragment, is_fragment, page, see_other, toast


@staff(permissions.SETTINGS)
def mailboxes(request: StaffRequest) -> HttpResponse:
    return page(request, "inbox/mailboxes.html", found=list(Mailbox.objects.all()))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def add_mailbox(request: StaffRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mailbox = Mailbox.add(by=request.user, password=form.cleaned_data["password"], **form.columns)
        toast(request, _("%(address)s is read from now on.") % {"address": mailbox.address})
        return see_other(request, reverse("mailboxes"))
    return _shown(request, form)


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def mailbox(request: StaffRequest, pk: int) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=get_object_or_404(Mailbox, pk=pk))
    if request.method == "POST" and form.is_valid():
        kept = get_object_or_404(Mailbox, pk=pk)
        kept.change(by=request.user, password=form.cleaned_data["password"], **form.columns)
        toast(request, _("Saved."))
        return see_other(request, reverse("mailboxes"))
    return _shown(request, form)


@staff(permissions.SETTINGS, methods=("POST",))
def try_mailbox(request: StaffRequest, pk: int = 0) -> HttpResponse:
    """Connect with what stands in the form, saving nothing; say whether it works, or what is wrong with it."""
    known = get_object_or_404(Mailbox, pk=pk) if pk else None
    form = MailboxForm(request.POST, instance=known)
    trial = _tried(form) if form.is_valid() else Trial(False, form.first_error())
    if is_fragment(request):
        return fragment(request, "inbox/trial.html", trial=trial)
    else:
        return _shown(request, form, trial)


@staff(permissions.SETTINGS, methods=("POST",))
def remove_mailbox(request: StaffRequest, pk: int) -> HttpResponse:
    mailbox = get_object_or_404(Mailbox, pk=pk)
    mailbox.remove(by=request.user)
    toast(request, _("%(address)s is read no more. What came through it stays.") % {"address": mailbox.address})
    return see_other(request, reverse("mailboxes"))


def _tried(form: MailboxForm) -> Trial:
    try:
        place = form.place
    except Broken as error:
        return Trial(False, explained(error, form.instance.place_with("")))
    return attempt(place)


def _shown(request: StaffRequest, form: MailboxForm, trial: Trial | None = None) -> HttpResponse:
    status = 422 if request.method == "POST" and trial is None else 200
    return page(request, "inbox/mailbox.html", form=form, mailbox=form.known, trial=trial, status=status)

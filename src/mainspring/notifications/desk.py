"""The staff's doors to the mail: what went out, what came in."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.inbox.models import ReceivedMail
from mainspring.notifications import permissions
from mainspring.outbox.models import OutgoingMail
from mainspring.ui.pages import page, see_other, toast

PAGE = 50


def _before(request: StaffRequest) -> int:
    """Where the page begins: below this id."""
    after = request.GET.get("after", "")
    return int(after) if after.isdigit() and len(after) < 18 else 2**62


@staff(permissions.MAIL)
def mail_out(request: StaffRequest) -> HttpResponse:
    """Every mail that was wanted, with what became of it; newest first, by state."""
    wanted = OutgoingMail.objects.filter(pk__lt=_before(request))
    state = request.GET.get("state", "")
    if state in OutgoingMail.State.values:
        wanted = wanted.filter(state=state)
    found = list(wanted.order_by("-id")[: PAGE + 1])
    older = f"?state={state}&after={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return page(
        request,
        "notifications/mail_out.html",
        found=found[:PAGE],
        state=state,
        states=OutgoingMail.State.choices,
        older=older,
    )


@staff(permissions.MAIL)
def mail(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(OutgoingMail, pk=pk)
    return page(request, "notifications/mail.html", mail=found, parts=list(found.parts.all()))


@staff(permissions.MAIL, methods=("POST",))
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(OutgoingMail, pk=pk).send_again(by=request.user)
    toast(request, _("It is tried again."))
    return see_other(request, reverse("mail", args=[pk]))


@staff(permissions.MAIL)
def mail_in(request: StaffRequest) -> HttpResponse:
    """What came in, and what became of it."""
    found = list(
        ReceivedMail.objects.filter(pk__lt=_before(request))
        .select_related("ticket")
        .defer("raw")
        .order_by("-id")[: PAGE + 1]
    )
    older = f"?after={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return page(request, "notifications/mail_in.html", found=found[:PAGE], older=older)

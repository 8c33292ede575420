"""The staff's doors to mail out: what was sent, what could not be, and what to do about it."""

import secrets
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.asked import whole
from mainspring.events.models import record
from mainspring.files.serving import guarded
from mainspring.inbox import permissions
from mainspring.inbox.mailboxes import reply_base
from mainspring.notifications.channel import Channel
from mainspring.notifications.framing import framed
from mainspring.notifications.letters import TEST
from mainspring.notifications.reactions.tickets import tell_person
from mainspring.outbox.events import MAIL_TRIED
from mainspring.outbox.letters import is_secret
from mainspring.outbox.models import OutgoingMail, OutgoingPart
from mainspring.ui.pages import complain, page, refuse, see_other, toast

PAGE = 50


@staff(permissions.READ)
def mail_out(request: StaffRequest) -> HttpResponse:
    """Every mail that was wanted, with what became of it; newest first, by state."""
    state, before = request.GET.get("state", ""), whole(request.GET.get("before"))
    wanted = OutgoingMail.objects.defer("text", "html", "headers")
    if state in OutgoingMail.State.values:
        wanted = wanted.filter(state=state)
    if before is not None:
        wanted = wanted.filter(pk__lt=before)
    found = list(wanted.order_by("-id")[: PAGE + 1])
    return page(
        request,
        "notifications/mail_out.html",
        found=found[:PAGE],
        state=state,
        states=OutgoingMail.State.choices,
        failed=OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED).count(),
        channel=Channel.now(),
        older=f"?state={quote(state)}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    )


@staff(permissions.READ)
def mail(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(OutgoingMail, pk=pk)
    return page(
        request,
        "notifications/mail.html",
        mail=found,
        parts=list(found.parts.defer("content").filter(content_id="")),
        is_hidden=_is_hidden(request, found),
        channel=Channel.now(),
    )


@staff(permissions.READ)
def mail_frame(request: StaffRequest, pk: int) -> HttpResponse:
    """The HTML of a mail, for the frame on its page: no script, nothing loaded from anywhere."""
    found = _readable(request, pk)
    return framed(found.html, {part.content_id: part for part in found.parts.exclude(content_id="")})


@staff(permissions.READ)
def mail_part(request: StaffRequest, pk: int, part: int) -> HttpResponse:
    """A file of a mail, only to download."""
    found = get_object_or_404(OutgoingPart, pk=part, mail=_readable(request, pk))
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    guarded(response)
    return response


@staff(permissions.SEND, methods=("POST",))
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """A failed mail once more, a held one after all."""
    if get_object_or_404(OutgoingMail, pk=pk).send_again(by=request.user):
        toast(request, _("It is on its way."))
    else:
        complain(request, _("It is on its way already."))
    return see_other(request, reverse("mail", args=[pk]))


@staff(permissions.SEND, methods=("POST",))
def cancel_mail(request: StaffRequest, pk: int) -> HttpResponse:
    if get_object_or_404(OutgoingMail, pk=pk).cancel(by=request.user):
        toast(request, _("It will not be sent."), undo_url=reverse("send_again", args=[pk]))
    else:
        complain(request, _("Too late: it has left already, or is just leaving."))
    return see_other(request, reverse("mail", args=[pk]))


@staff(permissions.SETTINGS)
def mail_settings(request: StaffRequest) -> HttpResponse:
    """How mail leaves this installation. The environment says so; the page shows it and tries it."""
    return page(
        request,
        "notifications/mail_settings.html",
        channel=Channel.now(),
        reply_base=reply_base(),
        base_url=settings.BASE_URL,
    )


@staff(permissions.SETTINGS, methods=("POST",))
def send_test_mail(request: StaffRequest) -> HttpResponse:
    """A mail to oneself, on the way that every mail goes."""
    with transaction.atomic():
        mail = tell_person(request.user, TEST, {"name": request.user.name}, serial=f"test-{secrets.token_hex(8)}")
        if mail is not None:
            record(MAIL_TRIED, mail, by=request.user)
    if mail is None:
        return refuse(request, _("Your own address is an address of the shop, which gets no mail from us."), status=422)
    return see_other(request, reverse("mail", args=[mail.pk]))


def _is_hidden(request: StaffRequest, mail: OutgoingMail) -> bool:
    return is_secret(mail.kind) and not request.user.may(permissions.SECRETS)


def _readable(request: StaffRequest, pk: int) -> OutgoingMail:
    found = get_object_or_404(OutgoingMail, pk=pk)
    if _is_hidden(request, found):
        raise Http404
    return found

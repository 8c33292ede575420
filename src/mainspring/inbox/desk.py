"""The staff's doors to mail in: what came, why it is where it is, and putting it elsewhere."""

from collections.abc import Callable
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.asked import clean, whole
from mainspring.files.serving import guarded
from mainspring.inbox import permissions
from mainspring.inbox.by_hand import ByHand
from mainspring.inbox.models import LeftMail, ReceivedMail
from mainspring.inbox.reading import MailPage, ticket_numbered
from mainspring.tickets.models import Ticket
from mainspring.ui.pages import fragment, page, refuse, see_other, toast

PAGE = 50
UNFILED = "unfiled"


@staff(permissions.READ)
def mail_in(request: StaffRequest) -> HttpResponse:
    """What came in and what became of it, the latest first."""
    state = request.GET.get("state", "")
    before = whole(request.GET.get("before"))
    wanted = ReceivedMail.objects.in_state(state)
    if before is not None:
        wanted = wanted.filter(pk__lt=before)
    found = list(wanted.select_related("ticket", "filed_by").defer("raw").order_by("-id")[: PAGE + 1])
    return page(
        request,
        "inbox/mail_in.html",
        found=found[:PAGE],
        state=state,
        states=ReceivedMail.State.choices,
        unfiled=ReceivedMail.objects.unfiled().count(),
        left=list(LeftMail.objects.unsettled()[:PAGE]),
        older=f"?state={quote(state)}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    )


@staff(permissions.READ)
def received_mail(request: StaffRequest, pk: int) -> HttpResponse:
    return page(request, "inbox/received.html", shown=MailPage(_found(pk)))


@staff(permissions.READ)
def raw_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """The bytes as they came: only to download, whatever they hold. That they were taken is written down first."""
    found = get_object_or_404(ReceivedMail, pk=pk)
    found.note_taken(by=request.user)
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
    guarded(response)
    return response


@staff(permissions.FILE)
def ticket_options(request: StaffRequest) -> HttpResponse:
    words = clean(request.GET.get("q"), 100)
    tickets = Ticket.objects.visible_to(request.user).select_related("contact", "status")
    numbered = tickets.numbered(words)
    worded = tickets.found_by(words).order_by("-updated_at")[:8] if words.strip() else []
    found = list(dict.fromkeys([*([numbered] if numbered else []), *worded]))
    return fragment(request, "inbox/ticket_options.html", tickets=found)


@staff(permissions.FILE, methods=("POST",))
def file_into(request: StaffRequest, pk: int) -> HttpResponse:
    """Into the ticket whose number was chosen: filed there, or moved there when it is filed elsewhere."""
    received, ticket = _found(pk), _chosen(request)
    if ticket is None:
        return refuse(request, _("Choose a ticket: type its number or some of its words."), status=422)
    elif received.state == ReceivedMail.State.FILED:
        said = _("The mail is now in #%(number)s.")
        undo = reverse("move_mail_back", args=[pk])
        return _done(request, lambda: ByHand(received, by=request.user).move_to(ticket), said, ticket, undo)
    else:
        said = _("The mail is filed in #%(number)s.")
        return _done(request, lambda: ByHand(received, by=request.user).into(ticket), said, ticket)


@staff(permissions.FILE, methods=("POST",))
def move_mail_back(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        ticket = ByHand(_found(pk), by=request.user).move_back()
    except ValidationError as error:
        return refuse(request, error.messages[0], status=422)
    if ticket is None:
        return refuse(request, _("It was not moved, or is back already."), status=422)
    toast(request, _("The mail is back in #%(number)s.") % {"number": ticket.number})
    return see_other(request, reverse("ticket", args=[ticket.number]))


@staff(permissions.FILE, methods=("POST",))
def open_from_mail(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        ticket = ByHand(_found(pk), by=request.user).open()
    except ValidationError as error:
        return refuse(request, error.messages[0], status=422)
    toast(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
    return see_other(request, reverse("ticket", args=[ticket.number]))


@staff(permissions.FILE, methods=("POST",))
def file_again(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk).file_again(by=request.user)
    toast(request, _("It is being filed again."))
    return see_other(request, reverse("received_mail", args=[pk]))


@staff(permissions.FILE, methods=("POST",))
def discard_mail(request: StaffRequest, pk: int) -> HttpResponse:
    if not _found(pk).discard(by=request.user):
        return refuse(request, _("This mail is filed already, or about to be. Look where it is now."), status=422)
    toast(request, _("Discarded. It is kept under “discarded”."), undo_url=reverse("keep_mail", args=[pk]))
    return see_other(request, reverse("mail_in") + f"?state={UNFILED}")


@staff(permissions.FILE, methods=("POST",))
def keep_mail(request: StaffRequest, pk: int) -> HttpResponse:
    _found(pk).keep_after_all(by=request.user)
    return see_other(request, reverse("received_mail", args=[pk]))


@staff(permissions.FILE, methods=("POST",))
def settle_left(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(LeftMail, pk=pk).settle(by=request.user)
    return see_other(request, reverse("mail_in"))


@staff(permissions.FILE, methods=("POST",))
def accept_sender(request: StaffRequest, pk: int) -> HttpResponse:
    received = _found(pk)
    try:
        contact = ByHand(received, by=request.user).accept_sender()
    except ValidationError as error:
        return refuse(request, error.messages[0], status=422)
    toast(request, _("%(name)s belongs to the ticket now.") % {"name": contact.name})
    return see_other(request, reverse("ticket", args=[received.ticket.number]) if received.ticket else "mail_in")


def _found(pk: int) -> ReceivedMail:
    return get_object_or_404(ReceivedMail.objects.select_related("ticket", "became", "mailbox", "filed_by"), pk=pk)


def _chosen(request: StaffRequest) -> Ticket | None:
    """The ticket that was picked from the list, or whose number was typed."""
    ticket = ticket_numbered(request.POST.get("number", "")) or ticket_numbered(request.POST.get("q", ""))
    return ticket if ticket and Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists() else None


def _done(request: StaffRequest, act: Callable[[], None], said: str, ticket: Ticket, undo: str = "") -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        return refuse(request, error.messages[0], status=422)
    toast(request, said % {"number": ticket.number}, undo_url=undo or None)
    return see_other(request, reverse("ticket", args=[ticket.number]))

"""The customer's page of one ticket: what he sees, and what he does there. By link and in the portal alike."""

import hashlib
import re

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from markupsafe import Markup

from mainspring.core.limits import Limit
from mainspring.core.shop import Shop
from mainspring.core.tokens import digest_of
from mainspring.events.origin import client_address
from mainspring.files.serving import serve, serve_thumbnail
from mainspring.tickets.customer_view import CustomerView
from mainspring.tickets.forms import ReplyForm, kept_from
from mainspring.tickets.models import Attachment, Channel
from mainspring.tickets.running import ask_for_link
from mainspring.tickets.visits import REPLIES, UPLOADS, Visit, too_often
from mainspring.ui.pages import public_page, refuse, see_other, toast

ASKED = Limit("fresh-link", 10, 3600)
KEYS = re.compile(r'value="[A-Za-z0-9]{64}"')


def ticket(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Status, date, what is needed of him, the notes he may see, his files; and the box to answer."""
    return _page(request, visit, ReplyForm(by=visit.contact))


def news(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What changes by itself on the page, when it is other than the page says (`?seen=`); else nothing, 204."""
    shown, seen = _live(request, visit)
    return HttpResponse(status=204) if request.GET.get("seen") == seen else HttpResponse(shown)


def reply(request: HttpRequest, visit: Visit) -> HttpResponse:
    if not REPLIES.allows(visit.ticket.pk):
        return too_often(request)
    form = ReplyForm(request.POST, request.FILES, by=visit.contact)
    if not form.is_valid():
        return _page(request, visit, form)
    channel = Channel.LINK if visit.by_link else Channel.PORTAL
    given = form.cleaned_data
    visit.ticket.customer_replied(given["text"], by=visit.contact, channel=channel, files=given["uploads"])
    toast(request, _("Thank you, we have it."))
    return see_other(request, visit.address("ticket"))


def upload(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Photos and documents, each by itself as the page sends them, or several by a plain form."""
    refused: list[str] = []
    for sent in request.FILES.getlist("files"):
        if not UPLOADS.allows(visit.ticket.pk):
            return too_often(request)
        try:
            visit.ticket.customer_attached(kept_from(visit.contact, sent), by=visit.contact)
        except ValidationError as error:
            refused += error.messages
    if refused:
        return refuse(request, " ".join(refused), status=422)
    return see_other(request, visit.address("ticket"))


def file(request: HttpRequest, visit: Visit, pk: int) -> HttpResponseBase:
    return serve(_attachment(visit, pk).file, inline="download" not in request.GET)


def thumbnail(request: HttpRequest, visit: Visit, pk: int) -> HttpResponseBase:
    return serve_thumbnail(_attachment(visit, pk).file)


@require_POST
def fresh_link(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody holds a link that opens nothing. Was it ours, its reader gets a new one; the answer is the same."""
    if not ASKED.allows(client_address(request)):
        return too_often(request)
    ask_for_link.enqueue(digest_of(token))
    return public_page(request, "tickets/lost_link.html", token=token, is_asked=True)


def _attachment(visit: Visit, pk: int) -> Attachment:
    his = Attachment.objects.for_customer().select_related("file")
    return get_object_or_404(his, ticket=visit.ticket, pk=pk)


def _page(request: HttpRequest, visit: Visit, form: ReplyForm) -> HttpResponse:
    shown, _seen = _live(request, visit)
    layout = "ui/public.html" if visit.by_link else "ui/portal.html"
    return public_page(
        request,
        "tickets/public.html",
        visit=visit,
        ticket=visit.ticket,
        live=Markup(shown),  # noqa: S704 (we have just drawn it)
        form=form,
        layout=layout,
        status=422 if form.errors else 200,
    )


def _live(request: HttpRequest, visit: Visit) -> tuple[str, str]:
    """The part that changes by itself, and the mark by which the page knows whether it has the same."""
    with timezone.override(Shop.get().time_zone):
        inner = render_to_string("tickets/public_inner.html", {"shown": CustomerView(visit), "visit": visit}, request)
    seen = hashlib.sha256(KEYS.sub("", inner).encode()).hexdigest()[:20]
    outer = {"visit": visit, "inner": Markup(inner), "seen": seen}  # noqa: S704 (we have just drawn it)
    return render_to_string("tickets/public_live.html", outer, request), seen

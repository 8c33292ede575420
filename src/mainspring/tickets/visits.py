"""A customer at one of his tickets. Two doors lead to the same pages: the link of a mail, and the portal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.core.limits import Limit
from mainspring.crm.models import Contact
from mainspring.events.origin import client_address
from mainspring.tickets.models import PageLink, Ticket
from mainspring.ui.pages import public_page, refuse

KNOCKS = Limit("page-link", 240, 60, stride=20)
"""How often one network address may come with a link, right or wrong."""
NEW = Limit("portal-new-ticket", 20, 3600)
"""Tickets that one customer opens, by the portal and by his program."""
REPLIES = Limit("customer-reply", 20, 3600)
UPLOADS = Limit("customer-upload", 60, 3600)
"""Answers and files on one ticket, by whichever door."""


@dataclass(frozen=True)
class Visit:
    """Who is at which ticket, and by which door he came: `link` with its token, or `portal` with the number."""

    ticket: Ticket
    contact: Contact
    door: str
    key: str

    @property
    def by_link(self) -> bool:
        return self.door == "link"

    def address(self, act: str, *args: object) -> str:
        """Where an act of this visit is done: `visit.address("reply")`."""
        return reverse(f"{self.door}_{act}", args=[self.key, *args])


VisitView = Callable[..., HttpResponseBase]


def both_doors(where: str, view: VisitView, name: str, *methods: str) -> tuple[URLPattern, URLPattern]:
    """The routes of one act: by the link of a mail (`link_NAME`) and in the portal (`portal_NAME`)."""
    end = f"/{where}" if where else ""
    return (
        path(f"t/<str:token>{end}", by_link(view, methods), name=f"link_{name}"),
        path(f"tickets/<int:number>{end}", at_portal(view, methods), name=f"portal_{name}"),
    )


def by_link(view: VisitView, methods: tuple[str, ...]) -> Callable[..., HttpResponseBase]:
    """Whoever has a link that opens. A wrong, foreign, ended and expired one are answered alike."""
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **named: Any) -> HttpResponseBase:
        if not KNOCKS.allows(client_address(request)):
            return refuse(request, status=429)
        link = PageLink.objects.of_token(token).first()
        if link is None or not link.opens:
            return lost_link(request, token)
        elif request.method not in allowed:
            return HttpResponseNotAllowed(sorted(allowed))
        else:
            visit = Visit(link.ticket, link.contact, "link", token)
            with translation.override(language_of(request, link.contact)):
                return view(request, visit, **named)

    return guarded


def at_portal(view: VisitView, methods: tuple[str, ...]) -> Callable[..., HttpResponseBase]:
    """Whoever is signed in to the portal and may see the ticket."""

    @customer(methods=methods)
    def guarded(request: CustomerRequest, number: int, **named: Any) -> HttpResponseBase:
        ticket = get_object_or_404(Ticket.objects.visible_to(request.user).with_people(), number=number)
        contact = Contact.objects.who_is(request.user)
        return view(request, Visit(ticket, contact, "portal", str(number)), **named)

    return guarded


def lost_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link that opens nothing: a fresh one can be mailed, to the address we know."""
    return public_page(request, "tickets/lost_link.html", token=token, status=404)


def language_of(request: HttpRequest, contact: Contact) -> str:
    """The language chosen in this browser, else the one that this contact reads."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else contact.speaks


def too_often(request: HttpRequest) -> HttpResponse:
    return refuse(request, _("That was very often in a short time. Wait a few minutes; what you typed is kept."), 429)

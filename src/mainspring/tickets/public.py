"""The customer's page of one ticket, behind a signed link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from mainspring.core.tokens import is_signed
from mainspring.tickets.models import Message, Ticket
from mainspring.tickets.slots import public_panels
from mainspring.ui.pages import public_page


def public_ticket(request: HttpRequest, token: str) -> HttpResponse:
    """Status, date and the notes the customer may see. A wrong link is 404, like no ticket at all."""
    pk, _dot, tag = token.partition(".")
    if not (pk.isdigit() and len(pk) < 18 and is_signed("ticket-page", pk, tag)):
        raise Http404
    ticket = get_object_or_404(Ticket.objects.with_people(), pk=pk)
    return public_page(
        request,
        "tickets/public.html",
        ticket=ticket,
        messages=list(Message.objects.filter(ticket=ticket).for_customer().order_by("id")),
        panels=public_panels.fill(ticket),
    )

"""What a customer opens by link: the invoice to pay, its PDF, the test provider's page."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mainspring.billing.gateways import Gateway
from mainspring.billing.gateways.base import GatewayDown, GatewayRefused, SaysPaid
from mainspring.billing.hearing import hear
from mainspring.billing.models import Attempt, Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import Changed, invoice_of_token, offered, start, way_back
from mainspring.billing.tasks import look
from mainspring.billing.why import explained
from mainspring.core.tokens import is_signed
from mainspring.ui.pages import lead_on, pdf_answer, public_page, refuse

log = logging.getLogger(__name__)


def _invoice(token: str) -> Invoice:
    invoice = invoice_of_token(token)
    if invoice is None:
        raise Http404
    return invoice


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice with its balance and the ways to pay; POST goes to the chosen provider. The sum is ours."""
    invoice = _invoice(token)
    ways = {gateway.name: gateway for gateway in offered()}
    if request.method == "POST":
        gateway = ways.get(request.POST.get("gateway", ""))
        if gateway is None or not invoice.standing.balance:
            return HttpResponseRedirect(reverse("pay", args=[token]))
        return _to_provider(request, invoice, gateway, token)
    elif request.GET.get("back") == "1":
        return _came_back(invoice, token)
    return public_page(
        request,
        "billing/pay.html",
        invoice=invoice,
        lines=list(invoice.lines.all()),
        why=explained(invoice, get_language() or invoice.language),
        taxes=list(invoice.taxes.all()),
        payments=list(invoice.payments.order_by("id")),
        is_on_its_way=invoice.attempts.filter(state=Attempt.State.PENDING).exists(),
        ways=list(ways.values()),
        token=token,
    )


LOOKED_AT = 3


def _to_provider(request: HttpRequest, invoice: Invoice, gateway: Gateway, token: str) -> HttpResponse:
    try:
        return to_pay(request, start([invoice], gateway))
    except Changed:
        return HttpResponseRedirect(reverse("pay", args=[token]))
    except (GatewayDown, GatewayRefused, ValueError):
        return not_opened(request, gateway)


def to_pay(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """On to the provider's page."""
    says = _("There you pay, then you come back here.")
    return lead_on(request, attempt.pay_url, layout="ui/portal_door.html", says=says)


def not_opened(request: HttpRequest, gateway: Gateway) -> HttpResponse:
    """The provider's page can't be had; the log has the reason. Called while that is handled."""
    log.exception("%s could not start a payment.", gateway.label)
    says = _("The payment page can't be opened just now. Nothing was charged. Try again in a minute, or call us.")
    return refuse(request, says, status=503)


def _came_back(invoice: Invoice, token: str) -> HttpResponse:
    """From the provider's page: ask how it went, which may be before its webhook comes, then show the plain page."""
    states = [Attempt.State.STARTED, Attempt.State.PENDING]
    for attempt in invoice.attempts.filter(state__in=states).exclude(external_id="").order_by("-id")[:LOOKED_AT]:
        look(attempt)
    return HttpResponseRedirect(reverse("pay", args=[token]))


@require_GET
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The archived PDF."""
    invoice = _invoice(token)
    return pdf_answer(pdf_of(invoice), invoice.code)


def checkout(request: HttpRequest, key: str, tag: str) -> HttpResponse:
    """The page of the test provider: pay, or go back without."""
    if not is_signed("test-gateway", key, tag):
        raise Http404
    attempt = get_object_or_404(Attempt, key=key, gateway="test")
    if request.method == "POST":
        hear("test", SaysPaid(key, f"test-{key}", attempt.amount, attempt.currency))
        route, named = way_back(attempt)
        return HttpResponseRedirect(reverse(route, args=[named]))
    elif request.method in ("GET", "HEAD"):
        return public_page(request, "billing/test_checkout.html", attempt=attempt)
    else:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

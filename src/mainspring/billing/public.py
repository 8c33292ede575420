"""What a customer opens by link: the invoice to pay, its PDF, the test provider's page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mainspring.billing.models import Attempt, Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import Received, invoice_of_token, offered, pay_token, start
from mainspring.core.tokens import is_signed
from mainspring.ui.pages import public_page


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
        return HttpResponseRedirect(start(invoice, gateway).pay_url)
    return public_page(
        request,
        "billing/pay.html",
        invoice=invoice,
        lines=list(invoice.lines.all()),
        taxes=list(invoice.taxes.all()),
        ways=list(ways.values()),
        token=token,
    )


@require_GET
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The archived PDF."""
    invoice = _invoice(token)
    response = HttpResponse(pdf_of(invoice), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{invoice.code}.pdf"'
    return response


def checkout(request: HttpRequest, key: str, tag: str) -> HttpResponse:
    """The page of the test provider: pay, or go back without."""
    if not is_signed("test-gateway", key, tag):
        raise Http404
    attempt = get_object_or_404(Attempt.objects.select_related("invoice__standing"), key=key, gateway="test")
    if request.method == "POST":
        Received("test", key, f"test-{key}", attempt.amount, attempt.currency).book()
        return HttpResponseRedirect(reverse("pay", args=[pay_token(attempt.invoice)]))
    elif request.method in ("GET", "HEAD"):
        return public_page(request, "billing/test_checkout.html", attempt=attempt, invoice=attempt.invoice)
    else:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

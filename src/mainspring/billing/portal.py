"""The customers' doors into their invoices: the list, the papers, the statement of account."""

from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.billing.gateways import Gateway
from mainspring.billing.gateways.base import GatewayDown, GatewayRefused
from mainspring.billing.issuing import today
from mainspring.billing.models import Attempt, Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.paying import Changed, offered, pay_link, start
from mainspring.billing.public import not_opened, to_pay
from mainspring.billing.statement import Period, Statement
from mainspring.billing.tasks import look
from mainspring.core.asked import whole
from mainspring.core.money import ZERO
from mainspring.core.shop import Shop
from mainspring.crm.models import Business, Contact
from mainspring.ui.pages import complain, pdf_answer, portal_page, see_other

SHOWN = 50


@customer()
def invoices(request: CustomerRequest) -> HttpResponse:
    """What is to be paid first, then the others by age, a page at a time."""
    first = whole(request.GET.get("after")) or 0
    found = Invoice.objects.visible_to(request.user).select_related("standing", "ticket")
    unpaid = list(found.unpaid().order_by("due_on", "id")[:SHOWN]) if not first else []
    rest = list(found.exclude(pk__in=found.unpaid()).order_by("-issued_on", "-id")[first : first + SHOWN + 1])
    return portal_page(
        request,
        "billing/portal_invoices.html",
        unpaid=[(paper, pay_link(paper)) for paper in unpaid],
        chooses=len(unpaid) > 1 and bool(offered()),
        rest=rest[:SHOWN],
        older=f"?after={first + SHOWN}" if len(rest) > SHOWN else "",
        today=today(Shop.get()),
    )


@customer(methods=("GET", "POST"))
def pay_several(request: CustomerRequest) -> HttpResponse:
    """The chosen invoices with their sum and the ways to pay them at once; POST goes to the provider.

    The sum is ours. When it is another than he was shown, he is shown it first.
    """
    given = request.POST if request.method == "POST" else request.GET
    found = Invoice.objects.visible_to(request.user).unpaid().select_related("standing", "ticket")
    codes = [code.replace("\x00", "") for code in given.getlist("code")[:SHOWN]]
    chosen = list(found.filter(code__in=codes).order_by("due_on", "id"))
    ways = {gateway.name: gateway for gateway in offered()}
    if not chosen:
        complain(request, _("Choose what you want to pay."))
        return see_other(request, reverse("portal_invoices"))
    elif len({paper.currency for paper in chosen}) > 1:
        complain(request, _("Pay invoices of one currency at once, then those of the other."))
        return see_other(request, reverse("portal_invoices"))
    elif gateway := ways.get(given.get("gateway", "")) if request.method == "POST" else None:
        try:
            return _to_provider(request, chosen, gateway, given.get("seen", ""))
        except Changed:
            chosen = list(found.filter(pk__in=[paper.pk for paper in chosen]).order_by("due_on", "id"))
    return portal_page(
        request,
        "billing/portal_pay.html",
        chosen=chosen,
        total=sum((paper.standing.balance for paper in chosen), ZERO),
        ways=list(ways.values()),
        is_changed=request.method == "POST",
        today=today(Shop.get()),
        status=409 if request.method == "POST" else 200,
    )


def _to_provider(request: CustomerRequest, chosen: list[Invoice], gateway: Gateway, seen: str) -> HttpResponse:
    payer = Contact.objects.who_is(request.user)
    try:
        return to_pay(request, start(chosen, gateway, payer=payer, seen=Decimal(seen)))
    except InvalidOperation as error:
        raise Changed from error
    except (GatewayDown, GatewayRefused):
        return not_opened(request, gateway)


@customer()
def payment(request: CustomerRequest, key: str) -> HttpResponse:
    """How a payment of several invoices went; from the provider's page it is asked first."""
    papers = Invoice.objects.visible_to(request.user)
    attempt = get_object_or_404(Attempt, key=key)
    if attempt.invoices.exclude(pk__in=papers.values("pk")).exists():
        raise Http404
    elif request.GET.get("back") == "1":
        if attempt.is_open:
            look(attempt)
        return see_other(request, reverse("portal_payment", args=[key]))
    shares = list(attempt.shares.select_related("invoice__ticket", "invoice__standing"))
    return portal_page(request, "billing/portal_payment.html", attempt=attempt, shares=shares)


@customer()
def invoice_pdf(request: CustomerRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Invoice.objects.visible_to(request.user), code=code)
    return pdf_answer(pdf_of(found), found.code)


@customer()
def statement(request: CustomerRequest) -> HttpResponse:
    """His account, or that of a business of which he sees everything, over any period."""
    businesses = list(Business.objects.seen_by(request.user).order_by("name"))
    return portal_page(
        request,
        "billing/portal_statement.html",
        statement=_statement(request, businesses),
        businesses=businesses,
        whose=request.GET.get("whose", ""),
        query=request.GET.urlencode(),
    )


@customer()
def statement_pdf(request: CustomerRequest) -> HttpResponse:
    made = _statement(request, list(Business.objects.seen_by(request.user)))
    return pdf_answer(made.pdf(), f"statement-{made.period.start}-{made.period.end}")


def _statement(request: CustomerRequest, businesses: list[Business]) -> Statement:
    period = Period.read(request.GET.get("from", ""), request.GET.get("to", ""), today=today(Shop.get()))
    chosen = next((one for one in businesses if str(one.pk) == request.GET.get("whose")), None)
    return Statement.of_customer(request.user, period, chosen)

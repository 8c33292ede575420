"""What a customer opens by link: the estimate, to choose, sign or decline; and its paper."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from mainspring.billing.paying import pay_link
from mainspring.core.asked import whole
from mainspring.estimates.answering import ANSWERS, Evidence, Signature, Unanswerable, approve, decline
from mainspring.estimates.forms import DeclineForm, SignForm
from mainspring.estimates.links import estimate_link, estimate_of_token
from mainspring.estimates.models import Answer, Estimate
from mainspring.estimates.papers import pdf_of
from mainspring.tickets.visits import too_often
from mainspring.ui.pages import fragment, is_fragment, pdf_answer, public_page, refuse


def _estimate(token: str) -> Estimate:
    estimate = estimate_of_token(token)
    if estimate is None:
        raise Http404
    return estimate


@require_http_methods(["GET", "HEAD", "POST"])
def public_estimate(request: HttpRequest, token: str) -> HttpResponse:
    """The estimate, in its reader's language; POST counts a choice, approves or declines. The sums are ours."""
    estimate = _estimate(token)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    with translation.override(chosen if chosen in dict(settings.LANGUAGES) else estimate.language):
        return _visited(request, estimate, token)


def _visited(request: HttpRequest, estimate: Estimate, token: str) -> HttpResponse:
    act = request.POST.get("act", "")
    typed = {name: request.POST.get(name, "") for name in ("name", "drawing", "reason")}
    sign = SignForm(request.POST if act == "approve" else None, initial=typed)
    refusal = DeclineForm(request.POST if act == "decline" else None, initial=typed)
    if act not in ("approve", "decline"):
        return _page(request, estimate, token, sign, refusal)
    elif not ANSWERS.allows(estimate.pk):
        return too_often(request)
    elif not (sign if act == "approve" else refusal).is_valid():
        return _page(request, estimate, token, sign, refusal, status=422)
    evidence = vars(Evidence.of(request))
    try:
        if act == "approve":
            signed = Signature(**sign.cleaned_data, **evidence)
            approve(estimate, _picked(request), signed)
        else:
            decline(estimate, refusal.cleaned_data["reason"], **evidence)
    except Unanswerable as error:
        return refuse(request, str(error), status=409)
    return HttpResponseRedirect(reverse("public_estimate", args=[token]), status=303)


@require_GET
def estimate_paper(request: HttpRequest, token: str) -> HttpResponse:
    """The archived PDF: the signed one once it is approved."""
    estimate = _estimate(token)
    return pdf_answer(pdf_of(estimate), estimate.code)


@require_GET
def estimate_signature(request: HttpRequest, token: str) -> HttpResponse:
    """The drawn signature, for who holds the link of what he signed."""
    answer = _estimate(token).answered
    if answer is None or not answer.signature:
        raise Http404
    return HttpResponse(bytes(answer.signature), content_type="image/png")


def _page(
    request: HttpRequest, estimate: Estimate, token: str, sign: SignForm, refusal: DeclineForm, *, status: int = 200
) -> HttpResponse:
    answer = estimate.answered
    chosen = estimate.chosen(set(answer.chosen) if answer else _picked(request))
    bill = estimate.bill(chosen)
    told: dict[str, Any] = {
        "estimate": estimate,
        "answer": answer,
        "deposit_link": pay_link(answer.deposit) if answer and answer.deposit else "",
        "lines": [(line, estimate.bill([line]).lines[0].amount) for line in estimate.lines.all()],
        "chosen": {line.pk for line in chosen},
        "bill": bill,
        "deposit": estimate.deposit(bill),
        "token": token,
        "sign": sign,
        "refusal": refusal,
        "is_open": answer is None and not estimate.is_expired,
        "newer": _newer(estimate) if answer or estimate.is_expired else "",
        "is_approved": answer is not None and answer.kind == Answer.Kind.APPROVED,
    }
    if is_fragment(request):
        return fragment(request, "estimates/_sum.html", **told)
    return public_page(request, "estimates/public.html", status=status, **told)


def _newer(estimate: Estimate) -> str:
    """The page of the one that waits on the same ticket, for who came by an old mail; empty without one."""
    waiting = Estimate.objects.filter(ticket=estimate.ticket_id, pk__gt=estimate.pk).waiting()
    found = waiting.order_by("-pk").first()
    return estimate_link(found) if found else ""


def _picked(request: HttpRequest) -> set[int]:
    """The ids of lines that were ticked; what is no id is nothing."""
    values = [value for key in request.POST if key.startswith("pick") for value in request.POST.getlist(key)]
    return {pk for value in values if (pk := whole(value)) is not None}

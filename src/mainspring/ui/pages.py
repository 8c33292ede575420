"""How a view answers: a page, a fragment, a redirect, a word about what happened; to htmx and plain browsers alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.ui.context import Toast


@dataclass(frozen=True)
class Refusal:
    """What a status says to a person: a headline, and what to do now."""

    title: str | Promise
    says: str | Promise


REFUSALS: dict[int, Refusal] = {
    400: Refusal(
        _("We couldn't understand that"), _("Nothing was changed. Go back, look at what you typed, and try again.")
    ),
    403: Refusal(
        _("That isn't yours to do"), _("Your role doesn't allow it. Ask the owner of the shop if you need it.")
    ),
    404: Refusal(_("There is nothing here"), _("The address is wrong, it was removed, or you may not see it.")),
    405: Refusal(_("That can't be done this way"), _("Nothing was changed. Go back and use the button on the page.")),
    413: Refusal(_("That is too large"), _("Nothing was saved. Send a smaller file, or several smaller ones.")),
    429: Refusal(_("Too many tries"), _("Wait a few minutes, then try again.")),
    500: Refusal(
        _("Something broke on our side"), _("It was written down for repair. What you saved before is safe; try again.")
    ),
    503: Refusal(_("We'll be back in a moment"), _("The desk is being looked after. Try again in a minute.")),
}


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page."""
    return HttpResponse(render_to_string(template, context, request), status=status)


def form_page(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    *,
    keep: Callable[[], Any],
    to: str | Callable[[Any], str],
    said: str | Callable[[Any], str] = "",
    **context: Any,
) -> HttpResponse:
    """The page of a form: shown, and with what is wrong (422) when it was; else kept, said, and on to the next page.

    `keep` does it and gives what was kept; `to` and `said` (by default "Saved.") may depend on that.
    """
    if request.method == "POST" and form.is_valid():
        kept = keep()
        toast(request, (said(kept) if callable(said) else said) or gettext("Saved."))
        return see_other(request, to(kept) if callable(to) else to)
    return page(request, template, form=form, status=422 if request.method == "POST" else 200, **context)


def public_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page for a customer: times in the zone of the shop, never kept by a cache, never indexed."""
    with timezone.override(Shop.get().time_zone):
        response = page(request, template, status=status, **context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def portal_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page for a customer who is signed in: as one behind a link, in his own zone."""
    response = page(request, template, status=status, **context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def pdf_answer(content: bytes, name: str, *, inline: bool = True) -> HttpResponse:
    """A paper, for the browser to show or for a program to save; `name` is what it is saved as, without its ending."""
    disposition = f'{"inline" if inline else "attachment"}; filename="{name}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def fragment(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page that htmx puts in its place, and with it whatever there is to say."""
    drawn = render_to_string(template, context, request)
    return HttpResponse(drawn + spoken(request), status=status)


def said(request: HttpRequest) -> HttpResponse:
    """Nothing to put in place: only the toasts. For `hx-swap="none"`."""
    return HttpResponse(spoken(request))


def spoken(request: HttpRequest) -> str:
    """The waiting toasts as an out-of-band swap; empty when there are none."""
    toasts = [Toast.of(message) for message in messages.get_messages(request)]
    return render_to_string("ui/_spoken.html", {"toasts": toasts}, request) if toasts else ""


def toast(request: HttpRequest, text: str, undo_url: str | None = None) -> None:
    """Say what happened, with an Undo for ten seconds when `undo_url` takes it back (by POST)."""
    messages.success(request, text, extra_tags=undo_url or "")


def complain(request: HttpRequest, text: str) -> None:
    """Say what did not happen."""
    messages.error(request, text)


def refuse(request: HttpRequest, text: str = "", status: int = 400) -> HttpResponse:
    """A page in plain words; for htmx a toast, so that the page and what was typed on it stay."""
    refusal = REFUSALS.get(status, REFUSALS[400])
    context = {"refusal": refusal, "text": text or refusal.says, "status": status}
    if is_fragment(request):
        response = HttpResponse(render_to_string("ui/_refused.html", context, request), status=status)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
        return response
    else:
        return HttpResponse(render_to_string("ui/refusal.html", context, request), status=status)


def see_other(request: HttpRequest, url: Any) -> HttpResponse:
    """Go on to another page. `url` is a path, a route's name or a thing with `get_absolute_url`.

    htmx follows plain redirects by itself and would put the page into the target: it is told to leave for it instead.
    """
    target = resolve_url(url)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": target})
    else:
        return HttpResponseRedirect(target, status=303)


def lead_on(request: HttpRequest, target: str, *, layout: str, says: str) -> HttpResponse:
    """Go on to an address that may be elsewhere. A form of ours leads to our own pages alone (Content-Security-Policy,
    and browsers follow it through redirects): a page in between leads on."""
    if is_elsewhere(request, target):
        return page(request, "ui/onward.html", target=target, place=urlsplit(target).netloc, layout=layout, says=says)
    return HttpResponseRedirect(target)


def is_elsewhere(request: HttpRequest, target: str) -> bool:
    """Whether an address is another host's."""
    return urlsplit(target).netloc not in ("", request.get_host())


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; then answer with `fragment`."""
    return is_htmx(request) and request.headers.get("HX-Request-Type", "partial") == "partial"

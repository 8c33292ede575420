"""Pages that say what went wrong: what happened, what is kept, what to do."""

import logging
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from mainspring.ui.pages import is_fragment

log = logging.getLogger(__name__)


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


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: mostly somebody signed out in another tab meanwhile."""
    said = _("The page was too old to send. Nothing was changed. Reload it and try again; what you typed is kept.")
    return refuse(request, str(said), status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor, at the worst, the templates."""
    try:
        return refuse(request, status=500)
    except Exception:
        log.exception("The page for a server error could not be drawn")
        refusal = REFUSALS[500]
        return HttpResponse(f"<!doctype html><h1>{escape(refusal.title)}</h1><p>{escape(refusal.says)}</p>", status=500)

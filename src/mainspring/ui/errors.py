"""Pages that say what went wrong: what happened, what is kept, what to do."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _

from mainspring.ui.pages import REFUSALS, refuse

__all__ = ["bad_request", "forbidden", "forged", "not_found", "refuse", "server_error"]

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refuse(request, status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: mostly somebody signed out in another tab meanwhile."""
    said = _("The page was too old to send. Nothing was changed. Reload it and try again; what you typed is kept.")
    return refuse(request, said, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor, at the worst, the templates."""
    try:
        return refuse(request, status=500)
    except Exception:
        log.exception("The page for a server error could not be drawn")
        refusal = REFUSALS[500]
        return HttpResponse(f"<!doctype html><h1>{escape(refusal.title)}</h1><p>{escape(refusal.says)}</p>", status=500)

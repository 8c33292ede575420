"""Which host a request came to, and so which routes there are."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from mainspring.ui.pages import refuse

Answer = Callable[[HttpRequest], HttpResponse]


def by_host(get_response: Answer) -> Answer:
    """With a domain each of the four hosts answers its own routes alone; the bare domain leads to the public site.

    On one host name the portal's pages have routes of their own, too: who signs in there stays there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:  # nothing is called so, and PostgreSQL would not look for it
            return refuse(request, status=404)
        if not settings.DOMAIN:
            if request.path_info.startswith("/portal/"):
                request.urlconf = settings.SEEN_FROM_PORTAL
            return get_response(request)
        host = request.get_host()
        surface = next((name for name, own in settings.SURFACES.items() if own == host), None)
        if surface is not None:
            request.urlconf = settings.SURFACE_ROUTES[surface]
            return get_response(request)
        elif host == settings.DOMAIN:
            return HttpResponsePermanentRedirect(settings.BASE_URL + request.get_full_path())
        else:
            return refuse(request, status=404)

    return middleware

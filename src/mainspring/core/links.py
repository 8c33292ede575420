"""One function that knows how the outside reaches a page, on one host under paths or on four hosts."""

from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse


def link(route: str, *args: object, at: str = "") -> str:
    """The absolute address of a route, for mails and papers, and from one surface to another.

    `at` says which surface, for what several have: signing in at the `portal`.
    """
    if settings.DOMAIN:
        surface = at or surface_of(route)
        host, routes = settings.SURFACES[surface], settings.SURFACE_ROUTES[surface]
        return f"{settings.SCHEME}://{host}{reverse(route, args=args, urlconf=routes)}"
    else:
        routes = settings.SEEN_FROM_PORTAL if at == "portal" else settings.ROOT_URLCONF
        return str(settings.BASE_URL) + reverse(route, args=args, urlconf=routes)


def way(route: str, *args: object) -> str:
    """The path of a route where this host has it, else its whole address."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return link(route, *args)


@cache
def surface_of(route: str) -> str:
    """The first host that has the route: `www`, `psa`, `portal` or `api`."""
    for surface, routes in settings.SURFACE_ROUTES.items():
        if route in get_resolver(routes).reverse_dict:
            return str(surface)
    raise NoReverseMatch(f"No host has a route {route}.")

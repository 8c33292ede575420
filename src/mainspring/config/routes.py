"""What every module brings to a surface, and the pages of what goes wrong there."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

Route = URLPattern | URLResolver


def routes(*lists: str) -> list[Route]:
    """What every module's `urls.py` brings under these names: its `desk_urls`, `portal_urls` … in this order."""
    named = [f"mainspring.{name}.urls" for name in settings.MODULES]
    modules = [import_module(name) for name in named if find_spec(name) is not None]
    return as_tree([route for wanted in lists for module in modules for route in getattr(module, wanted, [])])


def as_tree(listed: Iterable[Route]) -> list[Route]:
    """The same routes, those of one first word under it: Django tries a list one by one, and the desk has 300."""
    branches: dict[str, list[Route]] = {}
    placed: list[Route | str] = []
    for route in listed:
        word, slash, rest = str(route.pattern).partition("/")
        if not slash or isinstance(route, URLResolver) or not isinstance(route.pattern, RoutePattern):
            placed.append(route)
        else:
            if word not in branches:
                placed.append(word)
            branches.setdefault(word, []).append(path(rest, route.callback, route.default_args, route.name))
    return [path(f"{one}/", include(as_tree(branches[one]))) if isinstance(one, str) else one for one in placed]


SITE = ("site_urls", "shared_urls")
DESK = ("desk_urls", "shared_urls")
PORTAL = ("portal_urls", "entry_urls", "public_urls", "shared_urls")
API = ("api_urls", "hook_urls", "shared_urls")
"""Which lists a host answers. `public_urls` are pages behind a link, `shared_urls` what every page of ours loads."""

handler400 = "mainspring.ui.errors.bad_request"
handler403 = "mainspring.ui.errors.forbidden"
handler404 = "mainspring.ui.errors.not_found"
handler500 = "mainspring.ui.errors.server_error"

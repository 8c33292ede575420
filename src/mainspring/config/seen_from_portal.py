"""The routes of one host as the portal sees them: the pages of signing in are its own, under /portal/, in its frame."""

from django.urls import include, path

from mainspring.config import api
from mainspring.config.routes import handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("psa/", include(routes("desk_urls"))),
    path("api/", include([*api.routes(), *routes("api_urls")])),
    path("", include(routes("site_urls", "public_urls", "hook_urls", "shared_urls"))),
    path("portal/", include(routes("portal_urls", "entry_urls"))),  # the last one that has a name is its address
]

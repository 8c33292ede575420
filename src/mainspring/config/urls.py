"""Every route of the four surfaces, on one host name under paths. Links in mails and hooks keep short addresses."""

from django.urls import include, path

from mainspring.config import api
from mainspring.config.routes import handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("psa/", include(routes("desk_urls"))),
    path("portal/", include(routes("portal_urls"))),
    path("api/", include([*api.routes(), *routes("api_urls")])),
    path("", include(routes("site_urls", "public_urls", "hook_urls", "shared_urls"))),
]

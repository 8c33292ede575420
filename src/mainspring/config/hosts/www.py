"""The host of the public site."""

from mainspring.config.routes import SITE, handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = routes(*SITE)

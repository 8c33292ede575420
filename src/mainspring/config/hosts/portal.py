"""The host of the customers: the portal, and the pages behind links."""

from mainspring.config.routes import PORTAL, handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = routes(*PORTAL)

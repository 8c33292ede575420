"""The host of machines: the API, and the hooks of providers."""

from mainspring.config import api
from mainspring.config.routes import API, handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*api.routes(), *routes(*API)]

"""The host of the staff's desk."""

from mainspring.config.routes import DESK, handler400, handler403, handler404, handler500, routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = routes(*DESK)

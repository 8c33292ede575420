"""One function that knows how the outside reaches a page."""

from django.conf import settings
from django.urls import reverse


def link(route: str, *args: object) -> str:
    """The absolute address of a route, for mails and papers."""
    return settings.BASE_URL + reverse(route, args=args)

"""What every page gets to know: who looks, in which language and look, and what the frame shows around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from mainspring.core.shop import Shop
from mainspring.ui import slots
from mainspring.ui.languages import languages
from mainspring.ui.words import direction

THEMES = ("auto", "light", "dark")

LAYOUTS = {"desk": ("ui/door.html", "ui/desk.html"), "portal": ("ui/portal_door.html", "ui/portal.html")}
"""Of each surface, the frame in front of it and the one inside, for pages that both share."""


def surface_of(request: HttpRequest) -> str:
    """`desk` or `portal`, for pages that both share: by host, path, where one goes on to, or who is signed in."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_portal = (
        str(getattr(request, "urlconf", "") or "").endswith(".portal")
        or request.path.startswith("/portal/")
        or wanted.startswith("/portal/")
        or getattr(getattr(request, "user", None), "is_customer", False)
    )
    return "portal" if is_portal else "desk"


def layouts_of(request: HttpRequest) -> tuple[str, str]:
    """The frame in front of the surface, and the one inside."""
    return LAYOUTS[surface_of(request)]


@dataclass(frozen=True)
class Toast:
    """Something that happened, said once, with the address that takes it back when there is one."""

    text: str
    kind: str = "done"
    undo_url: str = ""

    @classmethod
    def of(cls, message: Message) -> "Toast":
        kind = "wrong" if message.level >= messages.ERROR else "done"
        return cls(text=str(message.message), kind=kind, undo_url=message.extra_tags or "")


class Frame:
    """The frame around a page. Everything is asked only when a layout shows it: no page pays for another's frame."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def language(self) -> str:
        return get_language() or "en"

    @cached_property
    def dir(self) -> str:
        return direction()

    @cached_property
    def languages(self) -> list[dict[str, str]]:
        return [{"code": code, "name": get_language_info(code)["name_local"]} for code in languages()]

    @cached_property
    def theme(self) -> str:
        wanted = self.request.COOKIES.get("theme", "auto")
        return wanted if wanted in THEMES else "auto"

    @cached_property
    def person(self) -> Any:
        """Whoever is signed in, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def navigation(self) -> list[slots.Entry]:
        return slots.navigation.fill(self.person) if self.person else []

    @cached_property
    def portal_navigation(self) -> list[slots.Entry]:
        return slots.portal_navigation.fill(self.person) if self.person else []

    @cached_property
    def site_ways(self) -> list[slots.Entry]:
        return slots.site_ways.fill()

    @cached_property
    def topbar(self) -> list[slots.Piece]:
        return slots.topbar.fill(self.person) if self.person else []

    @cached_property
    def settings_pages(self) -> list[slots.SettingsPage]:
        return slots.settings_pages.fill(self.person) if self.person else []

    @cached_property
    def shop(self) -> Shop:
        return Shop.shown()

    @cached_property
    def toasts(self) -> Sequence[Toast]:
        return [Toast.of(message) for message in messages.get_messages(self.request)]

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def surface(self) -> str:
        return surface_of(self.request)

    @property
    def door(self) -> str:
        """The layout in front of this surface: `{% extends frame.door %}`."""
        return layouts_of(self.request)[0]

    @property
    def layout(self) -> str:
        """The layout inside this surface."""
        return layouts_of(self.request)[1]

    def address(self, route: str) -> str:
        """The path of a route that a higher module may bring (`new_ticket`, `palette`); empty without it."""
        try:
            return reverse(route)
        except NoReverseMatch:
            return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame`, which costs no query until a layout asks, and one token for all forms."""
    return {"frame": Frame(request), "csrf_input": SimpleLazyObject(lambda: csrf_input(request))}

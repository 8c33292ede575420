"""Places in the frames of the surfaces that higher modules fill."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mainspring.core.slots import Slot

Text = str | Promise
R = TypeVar("R")


class Viewer(Protocol):
    """Whoever looks at a staff page, as far as the frame needs to know him; `accounts.Person` is one."""

    name: str
    language: str
    time_zone: str
    colour: str

    @property
    def is_customer(self) -> bool: ...

    def may(self, permission: Any) -> bool: ...


@dataclass(frozen=True)
class Entry:
    """An entry of the rail: its key (`g` and then this letter leads to it), word, address and icon.

    Pages under the address belong to it, and those under `also`.
    """

    key: str
    label: Text
    url: str
    icon: str
    also: str = ""

    def is_here(self, path: str) -> bool:
        """Whether the page at this path belongs to the entry."""
        under = [place for place in (self.url, self.also) if place not in ("", "/", "/psa/", "/portal/")]
        return path == self.url or path.startswith(tuple(under))


@dataclass(frozen=True)
class Piece:
    """A piece of a page that another module draws: a template and what it needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


class SettingsGroup(TextChoices):
    """Under which heading a page of the settings stands, in the order of the headings."""

    SHOP = "shop", _("The shop and its people")
    WORK = "work", _("Tickets, work and money")
    CUSTOMERS = "customers", _("What customers see")
    MAIL = "mail", _("Mail")
    SYSTEM = "system", _("This installation")


@dataclass(frozen=True)
class SettingsPage:
    """A page of the settings: one topic, a sentence on what it changes, the words by which people look for it."""

    label: Text
    url: str
    icon: str
    says: Text = ""
    words: Text = ""
    group: SettingsGroup = SettingsGroup.SYSTEM


@dataclass(frozen=True)
class Found:
    """A thing that Ctrl/⌘-K offers for the words typed so far."""

    key: str
    label: Text
    url: str
    icon: str
    detail: Text = ""


@dataclass(frozen=True)
class FirstStep:
    """What a new shop sets up once: the words of the link, why, and whether it is done."""

    label: Text
    says: Text
    url: str
    is_done: bool


class PermittedSlot(Slot[[Viewer], R]):
    """A slot whose fillers say who may see what they show: `@navigation.add(order=10, permission=permissions.VIEW)`."""

    def add(
        self, *, order: int, permission: Any = None
    ) -> Callable[[Callable[[Viewer], R | None]], Callable[[Viewer], R | None]]:
        join = super().add(order=order)

        def permitted(filler: Callable[[Viewer], R | None]) -> Callable[[Viewer], R | None]:
            join(lambda viewer: filler(viewer) if permission is None or viewer.may(permission) else None)
            return filler

        return permitted


navigation: PermittedSlot[Entry] = PermittedSlot()
"""Entries of the rail. Orders: tickets 10, customers 20, stock 30, knowledge 35, invoices 40, reports 50,
settings 90."""

portal_navigation: Slot[[Viewer], Entry] = Slot()
"""Entries above every page of the portal. Orders: tickets 10, invoices 20, devices 30, help 70, profile 90."""

site_ways: Slot[[], Entry] = Slot()
"""Ways on top of every page of the public site. Orders: booking 10, help 20, checking a ticket 30."""

site_parts: Slot[[], Piece] = Slot()
"""What stands on the first page of the public site besides the shop's own words, before hours and address."""

site_addresses: Slot[[], list[str]] = Slot()
"""Pages of the public site that search engines are told of."""

topbar: Slot[[Viewer], Piece] = Slot()
"""Pieces at the top of every staff page: the running timer, notifications."""

settings_pages: PermittedSlot[SettingsPage] = PermittedSlot()
dashboard_tiles: PermittedSlot[Piece] = PermittedSlot()

first_steps: PermittedSlot[FirstStep] = PermittedSlot()
"""What the first page of a new shop leads to. Orders: the shop 10, services 20, people 30, mail 40 and 50, payments 60,
the first ticket 90."""

finders: Slot[[Viewer, str], list[Found]] = Slot()
"""What the typed words find, of what the person may see. Orders: tickets 10, customers 20, products 30, articles 35,
invoices 40."""

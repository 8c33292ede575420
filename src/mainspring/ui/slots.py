"""Places in the frames of the surfaces that higher modules fill."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from mainspring.core.slots import Slot

Text = str | Promise


class Viewer(Protocol):
    """Whoever looks at a staff page, as far as the frame needs to know him; `accounts.Person` is one."""

    name: str
    language: str
    time_zone: str
    colour: str

    def may(self, permission: Any) -> bool: ...


@dataclass(frozen=True)
class Entry:
    """An entry of the rail: its key (`g` and then this letter leads to it), word, address and icon."""

    key: str
    label: Text
    url: str
    icon: str

    def is_here(self, path: str) -> bool:
        """Whether the page at this path belongs to the entry."""
        return path == self.url or (path.startswith(self.url) and self.url.count("/") > 2)


@dataclass(frozen=True)
class Piece:
    """A piece of a page that another module draws: a template and what it needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SettingsPage:
    """A page of the settings: one topic, a sentence on what it changes, the words by which people look for it."""

    label: Text
    url: str
    icon: str
    says: Text = ""
    words: Text = ""


navigation: Slot[[Viewer], Entry] = Slot()
"""Entries of the rail. Orders: tickets 10, customers 20, stock 30, invoices 40, reports 50, settings 90."""

topbar: Slot[[Viewer], Piece] = Slot()
"""Pieces at the top of every staff page: the running timer, notifications."""

settings_pages: Slot[[Viewer], SettingsPage] = Slot()
dashboard_tiles: Slot[[Viewer], Piece] = Slot()

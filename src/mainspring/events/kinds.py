"""Kinds of event: what can happen, and the sentence that tells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

KINDS: dict[str, "EventKind"] = {}


@dataclass(frozen=True)
class EventKind:
    """A thing that can happen, by its public name (`ticket.closed`), told in one translatable sentence.

    The sentence is a format string over the event's data plus `who`: `_("{who} closed the ticket")`. What the data keep
    for programs (an amount, a time, names of columns) is told by `shows`, in the reader's language.
    """

    name: str
    sentence: "str | Promise" = field(compare=False)
    icon: str = field(default="point", compare=False)
    shows: Mapping[str, Callable[[Any], str]] = field(default_factory=dict, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        if KINDS.setdefault(self.name, self) is not self:
            raise ValueError(f"The event {self.name} is declared twice.")

    def words(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as they stand in the sentence."""
        return {name: self.shows[name](word) if name in self.shows else word for name, word in data.items()}

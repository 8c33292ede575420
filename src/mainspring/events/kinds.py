"""Kinds of event: what can happen, and the sentence that tells it."""

from dataclasses import dataclass, field

from django.utils.functional import Promise

KINDS: dict[str, "EventKind"] = {}


@dataclass(frozen=True)
class EventKind:
    """A thing that can happen, by its public name (`ticket.closed`), told in one translatable sentence.

    The sentence is a format string over the event's data plus `who`: `_("{who} closed the ticket")`.
    """

    name: str
    sentence: "str | Promise" = field(compare=False)
    icon: str = field(default="point", compare=False)

    def __post_init__(self) -> None:
        if KINDS.setdefault(self.name, self) is not self:
            raise ValueError(f"The event {self.name} is declared twice.")

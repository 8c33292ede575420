"""Places that a lower module offers and higher ones fill."""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Slot(Generic[P, R]):
    """An ordered list of functions that fill one place. A filler that has nothing to show returns None.

    >>> ticket_tabs: Slot[[Ticket, Person], Tab] = Slot()
    >>> @ticket_tabs.add(order=60)
    ... def billing(ticket, person): ...
    """

    def __init__(self) -> None:
        self._fillers: list[tuple[int, Callable[P, R | None]]] = []

    def add(self, *, order: int) -> Callable[[Callable[P, R | None]], Callable[P, R | None]]:
        def join(filler: Callable[P, R | None]) -> Callable[P, R | None]:
            self._fillers.append((order, filler))
            self._fillers.sort(key=lambda pair: pair[0])
            return filler

        return join

    def fill(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """What the fillers show for these arguments, in order, without the empty ones."""
        return [shown for _, filler in self._fillers if (shown := filler(*args, **kwargs)) is not None]


class Registry(Generic[R]):
    """Named adapters of one kind: gateways, mailbox kinds. `@registry.add` on a class with a `name`."""

    def __init__(self) -> None:
        self._members: dict[str, type[R]] = {}

    def add(self, member: type[R]) -> type[R]:
        self._members[member.name] = member  # type: ignore[attr-defined]
        return member

    def __getitem__(self, name: str) -> type[R]:
        return self._members[name]

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        return list(self._members)
